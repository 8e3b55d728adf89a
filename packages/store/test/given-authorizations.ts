/** Authorization codes and consents for tests, and every write of theirs. */
import type { AuthorizationCode, ClientSignIn, Consent, Grant, Session } from '@countersign/core'
import type { Bench } from './bench.ts'
import { change, DAY, givenAccount, givenSession, MINUTE, makeEvent, makeId, NOW } from './given.ts'
import { givenClient } from './given-clients.ts'

export const makeCode = (session: Session, over: Partial<AuthorizationCode> = {}): AuthorizationCode => ({
  grantId: makeId('gra'),
  clientId: 'first-party',
  accountId: session.accountId,
  sessionId: session.id,
  redirectUri: 'https://app.example.com/callback',
  codeChallenge: 'a challenge',
  dpopJkt: null,
  permissions: ['notes:read'],
  identityScopes: ['openid', 'email'],
  audiences: ['https://api.example.com'],
  nonce: 'a nonce',
  issuedPosition: session.issuedPosition,
  createdAtMs: NOW,
  expiresAtMs: NOW + MINUTE,
  ...over,
})

export const codeDigestOf = ({ grantId }: Pick<AuthorizationCode, 'grantId'>): string => `code of ${grantId}`

export const makeConsent = ({ accountId, clientId }: AuthorizationCode): Consent => ({
  accountId,
  clientId,
  scopes: ['openid', 'notes:read'],
  createdAtMs: NOW,
  updatedAtMs: NOW,
})

export interface Allowed {
  readonly session: Session
  readonly code: AuthorizationCode
}

/** Somebody has allowed a client something, and the code is on its way. */
export async function givenCode(
  bench: Bench,
  over: Partial<AuthorizationCode> = {},
  given?: null,
): Promise<Allowed> {
  const session = await givenSession(bench, await givenAccount(bench))
  const { id: clientId } = await givenClient(bench)
  const code = makeCode(session, { clientId, ...over })
  const consent = given === null ? null : makeConsent(code)
  await bench.store.issueAuthorizationCode({
    code,
    digest: codeDigestOf(code),
    consent,
    isFirstUse: false,
    audit: makeEvent(),
  })
  return { session, code }
}

export const grantOf = (code: AuthorizationCode, over: Partial<Grant> = {}): Grant => ({
  id: code.grantId,
  principalId: code.accountId,
  clientId: code.clientId,
  sessionId: code.sessionId,
  scope: code.permissions,
  identityScopes: code.identityScopes,
  audiences: code.audiences,
  jkt: null,
  createdAtMs: NOW,
  expiresAtMs: NOW + DAY,
  endedAtMs: null,
  issuedPosition: code.issuedPosition,
  ...over,
})

export const redeem = (
  { store }: Bench,
  code: AuthorizationCode,
  over: {
    grant?: Partial<Grant>
    nowMs?: number
    refreshDigest?: string | null
    signIn?: ClientSignIn | null
  } = {},
): ReturnType<Bench['store']['redeemAuthorizationCode']> => {
  const { grant, ...rest } = over
  return store.redeemAuthorizationCode({
    digest: codeDigestOf(code),
    grant: grantOf(code, grant),
    refreshDigest: `${code.grantId} 1`,
    signIn: null,
    refreshExpiresAtMs: NOW + DAY,
    ...change(),
    auditReuse: makeEvent({ type: 'authorization_code.reuse_detected' }),
    ...rest,
  })
}

export async function authorizationWritesOf(
  bench: Bench,
): Promise<Record<string, readonly (() => Promise<unknown>)[]>> {
  const { code } = await givenCode(bench)
  const { code: other } = await givenCode(bench)
  await redeem(bench, other)
  return {
    issueAuthorizationCode: [() => givenCode(bench)],
    repeatAuthorization: [() => givenCode(bench, {}, null)],
    // Once redeemed, once presented again.
    redeemAuthorizationCode: [() => redeem(bench, code), () => redeem(bench, code)],
    endConsent: [
      () => bench.store.endConsent({ account: other.accountId, client: other.clientId, ...change() }),
    ],
  }
}
