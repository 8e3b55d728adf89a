/**
 * Takes the authority's answers over: checks that the expected members are there, and puts every credential
 * into a `Secret` at once, so that printing an answer never prints one.
 */
import { type AccountShape, type ApiKeyShape, Secret, type SessionShape } from '@countersign/protocol'
import { AuthorityUnreachable } from './errors.ts'

/** RFC 6749 §5.1, with the credentials wrapped. */
export interface TokenAnswer {
  readonly access_token: Secret
  readonly token_type: 'Bearer'
  readonly expires_in: number
  readonly scope?: string
  readonly refresh_token?: Secret
  readonly issued_token_type?: string
}

export interface SignedIn {
  readonly status: 'signed_in'
  readonly account: AccountShape
  readonly session: SessionShape
  readonly csrf_token?: Secret
  readonly session_token?: Secret
  readonly access_token?: Secret
  readonly token_type?: 'Bearer'
  readonly expires_in?: number
  readonly refresh_token?: Secret
  /** Where a first factor was enrolled on the way; shown this once. */
  readonly recovery_codes?: readonly Secret[]
}

/** The only time that the secret of an API key is shown. */
export interface ApiKeyWithSecret {
  readonly api_key: ApiKeyShape
  readonly secret: Secret
}

/** An answer that has at least these members; their insides are the authority's word. */
export function parseAnswer<T extends object>(body: unknown, ...members: string[]): T {
  if (typeof body !== 'object' || body === null || members.some((name) => !Object.hasOwn(body, name))) {
    throw new AuthorityUnreachable(
      'unexpected_answer',
      'The answer is not what a Countersign authority answers.',
    )
  }
  return body as T
}

const SECRET_MEMBERS = [
  'csrf_token',
  'session_token',
  'access_token',
  'refresh_token',
  'secret',
  'client_secret',
  'ticket',
  'otpauth_uri',
  'qr_svg',
] as const

/** The same, with every credential in it wrapped. */
export function parseSecretAnswer<T extends object>(body: unknown, ...members: string[]): T {
  const plain: Record<string, unknown> = { ...parseAnswer<object>(body, ...members) }
  for (const name of SECRET_MEMBERS) {
    const value = plain[name]
    if (typeof value === 'string') plain[name] = new Secret(value)
  }
  const codes = plain.recovery_codes
  if (Array.isArray(codes)) plain.recovery_codes = codes.map((code) => new Secret(String(code)))
  return plain as T
}
