/**
 * What a client is told in place of ids: themselves, or names of its sector's own where its subjects are pairwise (OIDC
 * Core §8). A name stands in the store before anything is issued under it, or the log could not name it when it ends.
 */
import { type AccountId, isAccountId } from '@countersign/protocol'
import type { Verdict } from '@countersign/verifier'
import { type AliasedId, isAliasedId, SECTORS_PER_ACCOUNT_MAX, toAlias } from '../aliases/alias.ts'
import type { AliasStore } from '../aliases-port.ts'
import type { ClientSettings } from '../clients/client.ts'
import type { Mistake } from '../clients/rules.ts'
import { isListedIn, sectorOf } from '../clients/sector.ts'
import type { ForeignDocuments, Secrets } from '../ports.ts'

/** From an id to what a client is told for it. */
export type Naming = <Id extends string>(id: Id) => Id

/** For clients that are told everybody's own id, and for what is no person's. */
export const asTheyAre: Naming = (id) => id

type Sectored = Parameters<typeof sectorOf>[0]
interface AliasReader {
  readonly store: Pick<AliasStore, 'resolveAliases'>
}
interface AliasContext {
  readonly store: AliasStore
  readonly secrets: Pick<Secrets, 'alias'>
}

export interface Named<T> {
  readonly found: T
  readonly naming: Naming
}

/**
 * What `again` reads, together with names for the nodes in it. It was read once before (`first`), to know whom it is
 * about. What counts is what is read after the names are kept: an entry of the log that came before them names the ids
 * alone, and would not be met by a token that holds the names; so whatever is issued has to have seen what that entry
 * wrote. Null where there is nothing any more, or the account is known in too many sectors.
 */
export async function readNamed<T>(
  context: AliasContext,
  client: Sectored,
  first: T,
  about: { readonly nodes: readonly [AccountId, ...AliasedId[]]; readonly again: () => Promise<T | null> },
  nowMs: number,
): Promise<Named<T> | null> {
  const naming = await nameFor(context, client, about.nodes, nowMs)
  if (naming === 'full') return null
  if (naming === asTheyAre) return { found: first, naming }
  const found = await about.again()
  return found === null ? null : { found, naming }
}

/** The first of the nodes is the account. Whoever mints goes by `readNamed`, or looks again himself afterwards. */
export async function nameFor(
  context: AliasContext,
  client: Sectored,
  nodes: readonly [AccountId, ...AliasedId[]],
  nowMs: number,
): Promise<Naming | 'full'> {
  const sector = sectorOf(client)
  if (sector === null) return asTheyAre
  const known = await context.store.readAliases(sector, nodes)
  if (nodes.every((node) => known.has(node))) return strictly(known)
  const kept = await context.store.keepAliases({
    sector,
    account: nodes[0],
    aliases: nodes.map((node) => toAlias(node, context.secrets.alias(sector, node))),
    sectorsMax: SECTORS_PER_ACCOUNT_MAX,
    nowMs,
  })
  return kept === 'full' ? 'full' : strictly(kept)
}

/** Throws rather than tell an id: where one was forgotten, nothing is issued. */
function strictly(names: ReadonlyMap<string, AliasedId>): Naming {
  return <Id extends string>(id: Id): Id => {
    const name = names.get(id)
    // A brand: a name has the form of the id that it stands for.
    if (name !== undefined) return name as string as Id
    if (isAliasedId(id)) throw new Error('A client with pairwise subjects was about to be told an id.')
    return id
  }
}

/** The account that a client means by a `sub`; null for a name that is none in its sector, and for other people's ids. */
export async function accountOfSubject(
  { store }: AliasReader,
  client: Sectored,
  subject: string,
): Promise<AccountId | null> {
  const id = await nodeBehind({ store }, client, subject)
  return id !== null && isAccountId(id) ? id : null
}

/** The node behind what a client was told. With another sector's name, or the id itself, nobody can try out who is who. */
export async function nodeBehind(
  { store }: AliasReader,
  client: Sectored,
  told: string,
): Promise<AliasedId | null> {
  if (!isAliasedId(told)) return null
  const sector = sectorOf(client)
  return sector === null ? told : ((await store.resolveAliases([told], sector)).get(told) ?? null)
}

/** The nodes behind the names on a verdict's path, whichever sector was told them. What is no name is missing. */
export function resolvePath(
  { store }: AliasReader,
  { credential }: Verdict,
): Promise<ReadonlyMap<string, AliasedId>> {
  return store.resolveAliases(credential.path.map(({ id }) => id).filter(isAliasedId), null)
}

/** For a token that is exchanged: from the names in it to ids, and to what the exchanging client is told for them. */
export interface SubjectNames {
  readonly behind: Naming
  readonly told: Naming
  /** Whether names were kept for it, so that its subject has to be looked at once more. */
  readonly isKept: boolean
}

/** In whatever names they came here: the client's own sector's, another's, or none. Null for one sector too many. */
export async function renameSubject(
  context: AliasContext,
  client: Sectored,
  verdict: Verdict,
  nowMs: number,
): Promise<SubjectNames | null> {
  const nodes = await resolvePath(context, verdict)
  // A brand, as in `strictly`.
  const behind: Naming = <Id extends string>(id: Id): Id => (nodes.get(id) ?? id) as string as Id
  const account = behind(verdict.principal.id)
  if (!isAccountId(account)) return { behind, told: behind, isKept: false }
  const others = verdict.credential.path.map(({ id }) => behind(id)).filter(isAliasedId)
  const naming = await nameFor(context, client, [account, ...others.filter((id) => id !== account)], nowMs)
  if (naming === 'full') return null
  return { behind, told: (id) => naming(behind(id)), isKept: naming !== asTheyAre }
}

/** §8.1: what a sector's URI has to say before anything is registered by it. `again`: what was kept is not enough. */
export async function sectorMistake(
  documents: ForeignDocuments,
  settings: ClientSettings,
  again: boolean,
): Promise<Mistake | null> {
  const { sectorIdentifierUri: uri } = settings
  if (uri === null || isListedIn(await documents.read(uri, again), settings)) return null
  const message = 'At this address no JSON array can be read that names every redirect URI.'
  return { path: 'sector_identifier_uri', message }
}
