/**
 * One thing done to many: each through the door that does it to one, with its own transaction, its own entry in the log
 * and its own audit event. A dry run asks the same questions and changes nothing; it takes those before in the same list
 * for done, so that it knows when nobody would be left to administer. What was done before is told as
 * `unchanged`, so that a batch whose answer was lost is simply sent again.
 */
import {
  type ErrorCode,
  isAccountId,
  isApiKeyId,
  isClientId,
  isServiceAccountId,
  permissions as own,
  type RoleId,
} from '@countersign/protocol'
import { type Caller, toActor } from '../caller.ts'
import type { RequestFacts } from '../context.ts'
import { type Outcome, type Refusal, refuse } from '../outcome.ts'
import { changeAccount, endAccount } from './accounts.ts'
import { changeApiKey, readApiKey } from './api-keys.ts'
import { changeClient, endClient, mayTouchClient } from './clients.ts'
import type { MintContext } from './mint.ts'
import { mayChange } from './principals.ts'
import { revokeNode } from './revoke.ts'
import { changeServiceAccount, endServiceAccount } from './service-accounts.ts'

/** How many one request may name: few enough to be over in a second, many enough for a list of thousands. */
export const BULK_MAX = 100

export type BulkKind = 'account' | 'service_account' | 'client' | 'api_key'
export type BulkAction = 'end' | 'disable' | 'enable'

export interface BulkInput {
  readonly kind: BulkKind
  readonly action: BulkAction
  readonly ids: readonly string[]
  readonly isDryRun: boolean
}

export interface BulkItem {
  readonly id: string
  /** `ready`: a dry run found nothing in the way. `own`: whoever asks stands on it. */
  readonly outcome: 'done' | 'ready' | 'unchanged' | 'own' | 'refused'
  readonly code: ErrorCode | null
  /** What ends with it, counted up to the bound of one revocation; only in a dry run of something that ends anything. */
  readonly ends: { readonly sessions: number; readonly grants: number; readonly apiKeys: number } | null
}

/** One after the other: a batch must not take more of the store than a request does. */
export async function runBulk(
  context: MintContext,
  caller: Caller,
  input: BulkInput,
  facts: RequestFacts,
): Promise<readonly BulkItem[]> {
  const leavesNone = await foreseeNone(context, input)
  const items: BulkItem[] = []
  for (const id of new Set(input.ids)) {
    const item = await runOne(context, caller, input, id, facts)
    const isRefused = item.outcome === 'ready' && leavesNone(id)
    items.push(isRefused ? { ...item, outcome: 'refused', code: 'last_administrator', ends: null } : item)
  }
  return items
}

/**
 * Of a dry run that takes people away, one after the other: whether this one would be the last who may administer. The
 * transaction decides for itself when it comes to it. One more than a list can name is enough to know that somebody stays.
 */
async function foreseeNone(
  { store }: MintContext,
  { kind, action, isDryRun }: BulkInput,
): Promise<(id: string) => boolean> {
  if (!isDryRun || kind !== 'account' || action === 'enable') return () => false
  const left = new Set<string>(await store.listEnabledAdministrators(BULK_MAX + 1))
  return (id) => {
    if (!left.has(id)) return false
    if (left.size === 1) return true
    left.delete(id)
    return false
  }
}

async function runOne(
  context: MintContext,
  caller: Caller,
  { kind, action, isDryRun }: BulkInput,
  id: string,
  facts: RequestFacts,
): Promise<BulkItem> {
  const tell = (outcome: BulkItem['outcome'], code: ErrorCode | null = null): BulkItem => ({
    id,
    outcome,
    code,
    ends: null,
  })
  // Nobody saws off the branch that they sit on by a list that happens to hold it.
  if (standsOn(caller, id)) return tell('own')
  const found = await kinds[kind].look(context, caller, id)
  if (!found.ok)
    return action === 'end' && found.code === 'not_found' ? tell('unchanged') : tell('refused', found.code)
  if (action !== 'end' && found.isDisabled === (action === 'disable')) return tell('unchanged')
  if (isDryRun) return { ...tell('ready'), ends: await countEnds(context, kind, action, id, facts) }
  const done = await kinds[kind].act(context, caller, id, action, facts)
  return done.ok ? tell('done') : tell('refused', done.code)
}

const standsOn = ({ principal, verdict }: Caller, id: string): boolean =>
  principal.id === id || verdict.credential.path.some((node) => node.id === id)

async function countEnds(
  context: MintContext,
  kind: BulkKind,
  action: BulkAction,
  id: string,
  { nowMs }: RequestFacts,
): Promise<BulkItem['ends']> {
  if (action === 'enable') return null
  const counted = await context.store.countUnder({ kind, id }, nowMs, nowMs)
  return counted === null ? null : counted.ended
}

type Look = { readonly ok: true; readonly isDisabled: boolean } | Refusal

interface Kind {
  /** Whether it is there and the caller may do this to it. */
  readonly look: (context: MintContext, caller: Caller, id: string) => Promise<Look>
  readonly act: (
    context: MintContext,
    caller: Caller,
    id: string,
    action: BulkAction,
    facts: RequestFacts,
  ) => Promise<Outcome<object>>
}

type Act = Kind['act']
type EndOne<Id> = (
  context: MintContext,
  caller: Caller,
  id: Id,
  facts: RequestFacts,
) => Promise<Outcome<object>>
type ChangeOne<Id> = (
  context: MintContext,
  caller: Caller,
  id: Id,
  change: { readonly disabled: boolean },
  facts: RequestFacts,
) => Promise<Outcome<object>>

/** By the doors for one of them. */
const actBy =
  <Id extends string>(is: (text: string) => text is Id, end: EndOne<Id>, change: ChangeOne<Id>): Act =>
  async (context, caller, id, action, facts) => {
    if (!is(id)) return refuse('not_found')
    if (action === 'end') return end(context, caller, id, facts)
    return change(context, caller, id, { disabled: action === 'disable' }, facts)
  }

/** People and programs alike are touched by whoever holds at least what they hold. */
const lookAtPrincipal =
  (read: ReadOne, permission: string): Kind['look'] =>
  async (context, caller, id) => {
    const found = await read(context.store, id)
    const allowed = await mayChange(context, caller, found, undefined, permission)
    return allowed.ok ? { ok: true, isDisabled: found !== null && found.disabledAtMs !== null } : allowed
  }

type ReadOne = (
  store: MintContext['store'],
  id: string,
) => Promise<{ readonly roles: readonly RoleId[]; readonly disabledAtMs: number | null } | null>

const account: Kind = {
  look: lookAtPrincipal(
    async (store, id) => (isAccountId(id) ? store.readAccount(id) : null),
    own.accountsWrite,
  ),
  act: actBy(isAccountId, endAccount, changeAccount),
}

const serviceAccount: Kind = {
  look: lookAtPrincipal(
    async (store, id) => (isServiceAccountId(id) ? store.readServiceAccount(id) : null),
    own.serviceAccountsWrite,
  ),
  act: actBy(isServiceAccountId, endServiceAccount, changeServiceAccount),
}

const client: Kind = {
  look: async (context, caller, id) => {
    const touched = isClientId(id) ? await mayTouchClient(context, caller, id) : refuse('not_found')
    return touched.ok ? { ok: true, isDisabled: touched.client.disabledAtMs !== null } : touched
  },
  act: actBy(isClientId, endClient, changeClient),
}

/** A key that is disabled is called suspended. */
const apiKey: Kind = {
  look: async (context, caller, id) => {
    const read = isApiKeyId(id)
      ? await readApiKey(context, caller, id, own.apiKeysWrite)
      : refuse('not_found')
    if (!read.ok) return read
    return read.key.endedAtMs === null
      ? { ok: true, isDisabled: read.key.suspendedAtMs !== null }
      : refuse('not_found')
  },
  act: async (context, caller, id, action, facts) => {
    if (!isApiKeyId(id)) return refuse('not_found')
    if (action === 'end') {
      return revokeNode(context, { kind: 'api_key', id }, { actor: toActor(caller), reason: null }, facts)
    }
    const suspendedAtMs = action === 'disable' ? facts.nowMs : null
    return changeApiKey(context, caller, id, { suspendedAtMs }, facts)
  },
}

const kinds: Readonly<Record<BulkKind, Kind>> = {
  account,
  service_account: serviceAccount,
  client,
  api_key: apiKey,
}
