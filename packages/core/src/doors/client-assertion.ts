/**
 * A client's proof by a JWT that it signed (RFC 7523 §3, OIDC Core §9): with a key that it registered, or the secret that
 * it was given, by the one of the two that it is registered with; for this
 * authority and nobody else, short-lived, and presented once.
 */
import { assertionAlgorithms, fapiAlgorithms, type RefusalReason } from '@countersign/protocol'
import { type Client, type ClientSecret, signsWithSecret } from '../clients/client.ts'
import type { Context } from '../context.ts'
import { verifyByClient } from './client-keys.ts'
import { verifyBySecret } from './client-secret-jwt.ts'

/** An assertion that is good for longer is a password by another name. */
export const ASSERTION_SECONDS_MAX = 600
const JTI = /^[!-~]{1,200}$/
/** RFC 7523 names no type; its revision names the second, so that no other JWT can be taken for one. */
const TYPES = [null, 'jwt', 'client-authentication+jwt']

/** Why the assertion does not prove the client, or null. */
export async function assertionRefusal(
  context: Context,
  client: Client,
  secrets: readonly ClientSecret[],
  assertion: string,
  nowMs: number,
): Promise<RefusalReason | null> {
  // Which of the two says the registration and nothing in the assertion: a public key is nobody's secret.
  const claims = signsWithSecret(client.authMethod)
    ? await verifyBySecret(context, client, secrets, assertion, TYPES, nowMs)
    : await verifyByKey(context, client, assertion)
  if (typeof claims === 'string') return claims
  const { iss, sub, aud, exp, iat, nbf, jti } = claims
  if (iss !== client.id || sub !== client.id) return 'wrong_issuer'
  if (!isForUs(context.policy.issuer, client, aud)) return 'wrong_audience'
  const { leewaySeconds } = context.policy
  const nowSeconds = nowMs / 1000
  if (!isTime(exp) || typeof jti !== 'string' || !JTI.test(jti)) return 'bad_claims'
  if (exp <= nowSeconds - leewaySeconds) return 'expired'
  if (exp > nowSeconds + ASSERTION_SECONDS_MAX + leewaySeconds) return 'bad_claims'
  for (const time of [iat, nbf]) {
    if (time !== undefined && !isTime(time)) return 'bad_claims'
    if (time !== undefined && time > nowSeconds + leewaySeconds) return 'not_yet_valid'
  }
  // Last, so that nobody can use up an identifier that is not theirs.
  const key = `assertion ${client.id} ${jti}`
  const isFirst = await context.store.useOnce({ key, expiresAtMs: Math.ceil((exp + leewaySeconds) * 1000) })
  return isFirst ? null : 'revoked'
}

async function verifyByKey(
  context: Context,
  client: Client,
  assertion: string,
): Promise<NonNullable<Awaited<ReturnType<typeof verifyByClient>>> | 'bad_signature'> {
  const algorithms = client.profile === 'fapi2-security' ? fapiAlgorithms : assertionAlgorithms
  const claims = await verifyByClient(context, client, assertion, { algorithms, types: TYPES })
  return claims ?? 'bad_signature'
}

/**
 * The issuer alone, so that an assertion can be meant for one server only: another one, which the client also
 * uses, could otherwise name our endpoint as its own and replay here what it was sent. OpenID Connect clients of
 * old name the token endpoint, perhaps among others (OIDC Core §9); the profile for them takes that.
 */
function isForUs(issuer: string, client: Client, aud: unknown): boolean {
  // As one text and not as a list (FAPI 2.0 §5.3.2.1).
  if (client.profile === 'fapi2-security') return aud === issuer
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  if (client.profile === 'oidc-basic')
    return [issuer, `${issuer}/oauth/token`].some((one) => audiences.includes(one))
  return audiences.length === 1 && audiences[0] === issuer
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
