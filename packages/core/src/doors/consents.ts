/** What people have allowed clients: reviewed and taken back (ASVS 10.7.3), and what a client may read by it. */
import { type ClientId, type IdentityScope, isAccountId, isGrantId } from '@countersign/protocol'
import type { Verdict } from '@countersign/verifier'
import type { Consent } from '../authorizations/code.ts'
import { type Caller, speaksForPrincipal, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { accountOf } from './principals.ts'
import { resolvePath } from './subjects.ts'

export type NamedConsent = Consent & { readonly clientName: string }

export async function listConsents(
  context: Context,
  caller: Caller,
): Promise<Outcome<{ consents: readonly NamedConsent[] }>> {
  const account = speaksForPrincipal(caller) ? accountOf(caller) : null
  if (account === null) return refuse('permission_denied')
  return { ok: true, consents: await context.store.listConsents(account) }
}

/** Everything that the client was given goes with it: its refresh tokens, and what was made from them. */
export async function endConsent(
  context: Context,
  caller: Caller,
  client: ClientId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const account = speaksForPrincipal(caller) ? accountOf(caller) : null
  if (account === null) return refuse('permission_denied')
  const ended = await context.store.endConsent({
    account,
    client,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'consent.ended',
      actor: toActor(caller),
      target: { kind: 'client', id: client },
    }),
  })
  if (ended === 'not_found') return refuse('not_found')
  await context.feed.catchUp()
  return { ok: true }
}

/** OIDC Core §5.1. */
export interface UserInfo {
  readonly sub: string
  readonly name?: string
  readonly email?: string
  readonly email_verified?: boolean
}

/** OIDC Core §5.3, §5.4: what the scopes of the grant behind an access token let its client read. */
export async function readUserInfo(
  context: Context,
  verdict: Verdict,
  facts: RequestFacts,
): Promise<Outcome<{ info: UserInfo }>> {
  const told = verdict.credential.path.find(({ kind }) => kind === 'grant')?.id ?? ''
  // The grant of another client, in a token that was exchanged, may stand there under a name.
  const names = verdict.credential.actor === undefined ? null : await resolvePath(context, verdict)
  const id = names?.get(told) ?? told
  const live = isGrantId(id) ? await context.store.readLiveGrant(id, facts.nowMs) : null
  const has = (scope: IdentityScope): boolean => live?.grant.identityScopes.includes(scope) === true
  if (live === null || !has('openid')) return refuse('permission_denied')
  const account = isAccountId(live.principal.id) ? await context.store.readAccount(live.principal.id) : null
  if (account === null) return refuse('permission_denied')
  return {
    ok: true,
    info: {
      // As in its ID token (OIDC Core §5.3.2), which may be a name of its sector's own.
      sub: verdict.principal.id,
      ...(has('profile') && account.name !== null && { name: account.name }),
      ...(has('email') && { email: account.email, email_verified: account.emailVerifiedAtMs !== null }),
    },
  }
}
