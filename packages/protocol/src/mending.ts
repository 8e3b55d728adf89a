/** How each refusal is mended, for those allowed to read decisions: by the reason where there is one, else by the code. */
import type { ErrorCode } from './errors.ts'
import type { RefusalReason } from './refusals.ts'

type MendedReason = Exclude<RefusalReason, 'risk'>
export type Mending = MendedReason | MendedCode | 'other'
type MendedCode = Extract<
  ErrorCode,
  | 'credential_required'
  | 'multiple_credentials'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'insufficient_user_authentication'
  | 'credential_address_refused'
  | 'csrf_refused'
  | 'permission_denied'
  | 'https_required'
  | 'misdirected_request'
  | 'rate_limited'
  | 'too_many_failures'
  | 'verifier_unavailable'
  | 'store_unavailable'
>

export const mending: Readonly<Record<Mending, string>> = {
  malformed:
    'Send the credential whole and unchanged; it may have been cut off, or carry quotes or a line end.',
  unknown:
    'It was not issued here, or its record is gone. Compare the environment and the authority, then issue another.',
  wrong_secret:
    'The id exists and the secret is another one. Look for a mix of two credentials, or one that was rotated long ago.',
  expired: 'Its time is over. Refresh the token, or issue another key with a later end.',
  idle: 'The session lay unused for too long. The person signs in again.',
  ended: 'Somebody ended it; the audit log says who. Sign in again, or issue another key.',
  revoked:
    'Something on its path was revoked after it was issued: see the audit log. Sign in or exchange again.',
  principal_disabled: 'Its owner is disabled. Enable the account or service account, if that is meant.',
  below_level:
    'More is demanded of its person by now than was proved when it was opened. They sign in again, and are led to what is missing.',
  overlap_ended: 'The key was rotated and the overlap is over. Give the program the new secret.',
  wrong_type:
    'This kind of credential does not open this endpoint. Refresh tokens are for the token endpoint alone, ID tokens for nobody but the app.',
  wrong_algorithm:
    'The header names another algorithm than the key has. Nobody honest changes it: look where the token came from.',
  unknown_key:
    'No key of that kid is in force. The token is of another authority, or its key was removed: sign in again.',
  bad_signature: 'The token was altered, or is of another authority with the same kid. Get a fresh one.',
  bad_claims: 'A claim is missing or out of bounds. Only tokens that this authority has issued are taken.',
  wrong_issuer:
    'The token is of another issuer. Compare the issuer that the verifier was built with, to the letter.',
  wrong_audience:
    'It is not for this audience. Ask for the token or key with that audience, or bind the verifier to the right one.',
  not_yet_valid: 'It counts from later on. Compare the clocks of the machines.',
  foreign_epoch: 'It was issued before the log began anew, as after a restored backup. Refresh it.',
  unproven:
    'The token is bound to a key, and came without a proof. Send it with the scheme DPoP and a fresh proof.',
  suspended: 'The key is suspended, as unusual use does. Look at the risk page, then let it work again.',
  credential_required:
    'Nothing was presented. Send Authorization or X-API-Key, or see why the browser kept its cookie back.',
  multiple_credentials: 'Send one of Authorization and X-API-Key, not both and not twice.',
  invalid_dpop_proof:
    'Make a fresh proof for this method and address, signed by the key that the token is bound to.',
  use_dpop_nonce: 'Take the nonce of DPoP-Nonce into the next proof.',
  insufficient_user_authentication: 'The credential is good. Prove again who you are, as the challenge asks.',
  credential_address_refused:
    'The key may be used from other addresses only. Change its list, or see whether the proxy is trusted.',
  csrf_refused:
    'A request by cookie came from another site, or without its CSRF token. Call from the same origin, or list the origin and send the token.',
  permission_denied:
    'The credential lacks the permission. Give the role or key that permission, or ask for it in scope.',
  https_required: 'Use https, or name the proxy that ends TLS as trusted.',
  misdirected_request:
    'The host name is none of this server’s. Add it to the allowed hosts, or mend the proxy’s Host.',
  rate_limited: 'Wait for Retry-After. If it is meant, raise the limit.',
  too_many_failures: 'Wait for Retry-After, or sign in on a known device.',
  verifier_unavailable:
    'The verifier has no lease: it does not reach the authority, or its key was refused. See its log.',
  store_unavailable: 'The database cannot be reached. See the server’s log.',
  other: 'The credential was not the cause: see the page of the error code.',
}

export function toMending(code: string, reason: string | null): Mending {
  const isCredential = code === 'invalid_credential'
  if (isCredential && reason !== null && isMending(reason)) return reason
  return isMending(code) ? code : 'other'
}

const isMending = (text: string): text is Mending => Object.hasOwn(mending, text)
