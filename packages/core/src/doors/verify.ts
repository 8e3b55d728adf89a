/**
 * Answering a resource server's question about a credential. The log's head is read after the question
 * arrived (lease protocol, rule 5), and the answer holds only for audiences that the asker is bound to.
 */
import {
  allows,
  allowsAll,
  type ErrorCode,
  isServiceAccountId,
  narrow,
  permissions as own,
  type Permission,
  type RefusalReason,
} from '@countersign/protocol'
import type { CheckResult, Verdict } from '@countersign/verifier'
import type { Caller } from '../caller.ts'
import { permissionsOf } from '../clients/client.ts'
import type { Context, RequestFacts } from '../context.ts'
import { StoreUnavailable } from '../ports.ts'
import type { PrincipalView } from '../store-port.ts'
import type { KnownClient } from './client-authentication.ts'
import { decide } from './decide.ts'
import { principalDeath } from './held-session.ts'

export interface VerifyContext extends Context {
  /** Checks signatures and the revocation set as of now; audiences are compared here. */
  readonly checkAccessToken: (credential: string) => CheckResult | Promise<CheckResult>
}

export interface VerifyInput {
  readonly credential: string
  readonly permissions: readonly Permission[]
  readonly audience: string | null
}

export type Verified =
  | { readonly active: true; readonly verdict: Verdict }
  | { readonly active: false; readonly code: ErrorCode; readonly reason: RefusalReason | 'no_permission' }

/** `askerAudiences`: what the asker is bound to; empty means the first-party audiences. */
export async function verifyCredential(
  context: VerifyContext,
  input: VerifyInput,
  askerAudiences: readonly string[],
  facts: RequestFacts,
): Promise<Verified> {
  const bound = askerAudiences.length > 0 ? askerAudiences : context.policy.audiences
  const wanted = input.audience === null ? bound : bound.filter((audience) => audience === input.audience)
  const verdict = await verdictOf(context, input.credential, facts.nowMs)
  if ('reason' in verdict) return { active: false, code: 'invalid_credential', reason: verdict.reason }
  // Otherwise one resource server could replay at another what was presented to it.
  if (!verdict.audiences.some((audience) => wanted.includes(audience))) {
    return { active: false, code: 'invalid_credential', reason: 'wrong_audience' }
  }
  if (!allowsAll(verdict.permissions, input.permissions)) {
    return { active: false, code: 'permission_denied', reason: 'no_permission' }
  }
  return { active: true, verdict }
}

/**
 * The same for an OAuth client that asks by its own proof (RFC 7662 §2.1): about what was given to itself, and where it
 * speaks for a service account that may ask, about what is meant for the audiences that this one is bound to.
 */
export async function verifyForClient(
  context: VerifyContext,
  { client, head, principal }: KnownClient,
  credential: string,
  facts: RequestFacts,
): Promise<Verified> {
  const verdict = await verdictOf(context, credential, facts.nowMs)
  if ('reason' in verdict) return { active: false, code: 'invalid_credential', reason: verdict.reason }
  const isOwn = verdict.credential.path.find(({ kind }) => kind === 'client')?.id === client.id
  if (isOwn) return { active: true, verdict }
  const isAsker =
    principal !== null &&
    principalDeath(principal, head.position) === null &&
    allows(narrow(permissionsOf(client), principal.rights.permissions), own.credentialsVerify)
  const bound = isAsker ? audiencesOf(context, principal) : []
  return verdict.audiences.some((audience) => bound.includes(audience))
    ? { active: true, verdict }
    : { active: false, code: 'invalid_credential', reason: 'wrong_audience' }
}

/** Where a service account receives credentials: what it is bound to, or what is the first party's. */
export const audiencesOf = (
  { policy }: Pick<Context, 'policy'>,
  { audiences }: PrincipalView,
): readonly string[] => (audiences.length > 0 ? audiences : policy.audiences)

/** The verdict whoever asks, whatever it is for; or why there is none. */
export async function verdictOf(
  context: VerifyContext,
  credential: string,
  nowMs: number,
): Promise<Verdict | { reason: RefusalReason }> {
  if (!credential.includes('.')) {
    const decision = await decide(context, credential, nowMs)
    return decision.ok ? decision.verdict : { reason: decision.reason }
  }
  await context.feed.catchUp()
  const checked = await context.checkAccessToken(credential)
  if (checked.ok && isPast(checked.verdict.credential.expiresAtMs, nowMs)) return { reason: 'expired' }
  // Judged against everything up to here, however long ago the token was minted.
  if (checked.ok) return { ...checked.verdict, position: context.feed.position() }
  if (checked.code === 'verifier_unavailable')
    throw new StoreUnavailable('The revocation log cannot be read.')
  return { reason: checked.reason }
}

/** Leeway is for clocks of others: an answer must not call a token active whose `exp` has passed (RFC 7662 §4). */
const isPast = (expiresAtMs: number | null, nowMs: number): boolean =>
  expiresAtMs !== null && expiresAtMs <= nowMs

/** The audiences that a service account is bound to; people are bound to the first-party ones. */
export async function audiencesOfAsker(
  context: Pick<Context, 'store'>,
  caller: Caller,
): Promise<readonly string[]> {
  if (!isServiceAccountId(caller.principal.id)) return []
  const account = await context.store.readServiceAccount(caller.principal.id)
  return account?.audiences ?? []
}
