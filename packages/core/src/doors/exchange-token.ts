/**
 * A service that was given an access token exchanges it for one to go on with, to the next service (RFC 8693). The new
 * token still speaks for the same person, and says who acts (`act`). It stands under the token that it came of, under
 * that one's client and key, and under whoever acts: the end of any of them ends it.
 */
import {
  type AccessTokenClaims,
  type ActClaim,
  allowsAll,
  isApiKeyId,
  isGrantId,
  isRoleId,
  isSessionId,
  narrow,
  PARENTS_MAX,
  type PathNode,
  type Permission,
  type RefusalReason,
  toNodeKey,
} from '@countersign/protocol'
import type { Verdict } from '@countersign/verifier'
import type { AuditEvent } from '../audit/event.ts'
import { permissionsOf } from '../clients/client.ts'
import type { RequestFacts } from '../context.ts'
import { toScope } from '../grants/scope.ts'
import { makeAudit, makeId } from '../make.ts'
import type { KnownClient } from './client-authentication.ts'
import { audiencesFor, type ClientCredentialsInput, type IssuedToClient } from './client-credentials.ts'
import { principalDeath } from './held-session.ts'
import { type MintContext, type MintedToken, narrowings, signClaims, toAud } from './mint.ts'
import { renameSubject, type SubjectNames } from './subjects.ts'
import { audiencesOf, type VerifyContext, verdictOf } from './verify.ts'

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** A scope of null asks for all that the subject token holds and the client may have. */
export interface TokenExchangeInput extends ClientCredentialsInput {
  readonly subjectToken: string
  /** A token of the client's own, as whom it acts; null leaves that to its proof of who it is. */
  readonly actorToken: string | null
}

export type TokenExchanged =
  | { readonly ok: true; readonly access: MintedToken }
  | {
      readonly ok: false
      readonly error: Extract<IssuedToClient, { ok: false }>['error'] | 'invalid_request'
      readonly reason: RefusalReason
    }

type Context = MintContext & VerifyContext
type Refused = Extract<TokenExchanged, { ok: false }>

export async function exchangeAccessToken(
  context: Context,
  known: KnownClient,
  input: TokenExchangeInput,
  facts: RequestFacts,
): Promise<TokenExchanged> {
  const { client, head, principal } = known
  if (client.kind !== 'confidential' || !client.grantTypes.includes(TOKEN_EXCHANGE)) {
    return refuse('unauthorized_client', 'wrong_type')
  }
  if (client.dpopBound && input.jkt === null) return refuse('invalid_dpop_proof', 'unproven')
  if (principal === null || principalDeath(principal, head.position) !== null) {
    return refuse('invalid_client', 'principal_disabled')
  }
  const again = () => readSubject(context, input, audiencesOf(context, principal), facts.nowMs)
  const subject = await again()
  if (!subject.ok) return subject
  const names = await renameSubject(context, client, subject.verdict, facts.nowMs)
  if (names === null) return refuse('invalid_request', 'bad_claims')
  // Looked at once more, for what ended it before the names were kept. The head is one from before all of this, so that
  // whatever came between ends on the refusing side.
  const still = names.isKept ? await again() : subject
  if (!still.ok) return still
  const actor = await readActor(context, known, input, facts.nowMs)
  if (!actor.ok) return actor
  const held = narrow(subject.verdict.permissions, permissionsOf(client))
  const permissions = input.scope ?? held
  if (!allowsAll(held, permissions)) return refuse('invalid_scope', 'bad_claims')
  const audiences = audiencesFor(context, client, input.audiences)
  if (audiences === null) return refuse('invalid_target', 'wrong_audience')
  const order = {
    verdict: subject.verdict,
    names,
    permissions,
    audiences,
    jkt: input.jkt,
    acting: { sub: principal.id, client_id: client.id },
    under: [...actor.nodes, { kind: 'service_account', id: principal.id } as const],
  }
  const claims = toClaims(context, known, order, facts.nowMs)
  if (claims === 'too_deep') return refuse('invalid_request', 'bad_claims')
  if (claims === 'over') return refuse('invalid_request', 'expired')
  const access = signClaims(context, claims)
  await context.store.appendAudit([toEvent(context, known, order, claims.jti, facts)])
  return { ok: true, access }
}

function toEvent(
  context: Context,
  { client }: KnownClient,
  { verdict, acting, names }: Order,
  to: string,
  facts: RequestFacts,
): AuditEvent {
  const { principal, credential } = verdict
  return makeAudit(context, facts, {
    type: 'access_token.exchanged',
    actor: { kind: 'service_account', id: acting.sub, credential: null },
    target: { kind: principal.kind, id: names.behind(principal.id) },
    details: { client: client.id, from: credential.id, to },
  })
}

const refuse = (error: Refused['error'], reason: RefusalReason): Refused => ({ ok: false, error, reason })

type Subject = { readonly ok: true; readonly verdict: Verdict } | Refused

/** RFC 8693 §2.2.2: a token that is invalid, or unacceptable by policy, is `invalid_request`. */
async function readSubject(
  context: Context,
  { subjectToken, jkt }: TokenExchangeInput,
  received: readonly string[],
  nowMs: number,
): Promise<Subject> {
  // A session or an API key reaches whatever its owner does: no service is to go on with either.
  if (!subjectToken.includes('.')) return refuse('invalid_request', 'wrong_type')
  const verdict = await verdictOf(context, subjectToken, nowMs)
  if ('reason' in verdict) return refuse('invalid_request', verdict.reason)
  // Only what was meant for this service: a token that it got hold of otherwise is none that it may act on.
  if (!verdict.audiences.some((audience) => received.includes(audience))) {
    return refuse('invalid_request', 'wrong_audience')
  }
  // RFC 9449 §1: without the key it is worth nothing, in whosever hands.
  const bound = verdict.credential.jkt
  if (bound !== undefined && bound !== jkt) return refuse('invalid_request', 'unproven')
  return { ok: true, verdict }
}

type Acting = { readonly ok: true; readonly nodes: readonly PathNode[] } | Refused

/** The client has proved who acts by its own proof; a token of its own can only say the same once more. */
async function readActor(
  context: Context,
  { client, principal }: KnownClient,
  { actorToken, jkt }: TokenExchangeInput,
  nowMs: number,
): Promise<Acting> {
  if (actorToken === null) return { ok: true, nodes: [] }
  if (!actorToken.includes('.')) return refuse('invalid_request', 'wrong_type')
  const verdict = await verdictOf(context, actorToken, nowMs)
  if ('reason' in verdict) return refuse('invalid_request', verdict.reason)
  const { path, jkt: bound, id, actor } = verdict.credential
  const isOwn =
    path.find(({ kind }) => kind === 'client')?.id === client.id && verdict.principal.id === principal?.id
  if (!isOwn || actor !== undefined) return refuse('invalid_request', 'wrong_type')
  if (bound !== undefined && bound !== jkt) return refuse('invalid_request', 'unproven')
  return { ok: true, nodes: [{ kind: 'access_token', id }] }
}

/** Services that call each other in a longer row than this have a loop. */
const ACTORS_MAX = 4

interface Order {
  readonly names: SubjectNames
  readonly verdict: Verdict
  readonly permissions: readonly Permission[]
  readonly audiences: readonly string[]
  readonly acting: Pick<ActClaim, 'sub' | 'client_id'>
  /** What the actor adds to the path. */
  readonly under: readonly PathNode[]
  readonly jkt: string | null
}

function toClaims(
  context: Context,
  { client, head }: KnownClient,
  order: Order,
  nowMs: number,
): AccessTokenClaims | 'too_deep' | 'over' {
  const { verdict, names, permissions, audiences, acting, under, jkt } = order
  const { credential, principal } = verdict
  const parents = toParents(credential.path, under)
  if (parents.length > PARENTS_MAX || depthOf(credential.actor) >= ACTORS_MAX) return 'too_deep'
  const iat = Math.floor(nowMs / 1000)
  const subjectEnd = Math.floor((credential.expiresAtMs ?? 0) / 1000)
  const exp = Math.min(iat + context.policy.accessTokenLifetimeSeconds, subjectEnd)
  if (exp <= iat) return 'over'
  const roles = credential.path
    .filter(({ kind }) => kind === 'role')
    .map(({ id }) => id)
    .filter(isRoleId)
  return {
    iss: context.policy.issuer,
    sub: names.told(principal.id),
    aud: toAud(audiences),
    exp,
    iat,
    jti: makeId(context, 'jwt', nowMs),
    client_id: client.id,
    scope: toScope(permissions),
    // Read before the subject token was looked at, and so on the refusing side of whatever came between.
    epoch: head.epoch,
    pos: head.position,
    act: { ...acting, ...(credential.actor !== undefined && { act: credential.actor }) },
    parents,
    ...(roles.length > 0 && { roles }),
    ...namesOf(credential.path, names),
    ...(credential.authTimeMs !== null && { auth_time: Math.floor(credential.authTimeMs / 1000) }),
    ...(credential.amr.length > 0 && { amr: credential.amr }),
    ...(credential.acr !== null && { acr: credential.acr }),
    ...(jkt !== null && { cnf: { jkt } }),
    ...narrowings(verdict),
  }
}

const depthOf = (actor: ActClaim | undefined): number => (actor === undefined ? 0 : 1 + depthOf(actor.act))

/** The subject token and what it stood under itself, each once. The rest of its path has claims of its own. */
function toParents(path: readonly PathNode[], under: readonly PathNode[]): string[] {
  const own = path.findIndex(({ kind }) => kind === 'access_token')
  const above = path.slice(0, own).filter(({ kind }) => kind === 'client' || kind === 'signing_key')
  return [...new Set([...above, ...path.slice(own), ...under].map(toNodeKey))]
}

/** The session, grant and key that it stands under, each by the claim for it. */
function namesOf(
  path: readonly PathNode[],
  { told }: SubjectNames,
): Pick<AccessTokenClaims, 'sid' | 'gid' | 'akid'> {
  const idOf = (wanted: PathNode['kind']): string | undefined => path.find(({ kind }) => kind === wanted)?.id
  const [sid, gid, akid] = [idOf('session'), idOf('grant'), idOf('api_key')]
  return {
    ...(sid !== undefined && isSessionId(sid) && { sid: told(sid) }),
    ...(gid !== undefined && isGrantId(gid) && { gid: told(gid) }),
    ...(akid !== undefined && isApiKeyId(akid) && { akid: told(akid) }),
  }
}
