/**
 * The checks that a request passes, in their order, and how far it came: told from the code and the reason of a
 * refusal alone, so that letting requests in and refusing them costs nothing more.
 */
import type { ErrorCode } from './errors.ts'
import type { RefusalReason } from './refusals.ts'

export type CheckName =
  // Of the request.
  | 'gate'
  | 'network_limit'
  | 'presence'
  | 'single'
  | 'proof'
  | 'address'
  | 'own_limit'
  | 'origin'
  | 'permission'
  | 'sign_in'
  | 'endpoint'
  // Of the credential.
  | 'form'
  | 'kind'
  | 'lease'
  | 'revocations'
  | 'known'
  | 'secret'
  | 'overlap'
  | 'ended'
  | 'suspended'
  | 'expiry'
  | 'idle'
  | 'owner'
  | 'floor'
  | 'level'
  | 'signing_key'
  | 'algorithm'
  | 'signature'
  | 'issuer'
  | 'claims'
  | 'audience'
  | 'not_before'
  | 'epoch'

export interface CheckShape {
  check: CheckName
  verdict: 'passed' | 'failed' | 'not_reached'
  /** What it looked at, as `name=value`; never a secret. Null where that was not kept. */
  saw: string | null
}

export type CheckedCredential = 'session' | 'api_key' | 'access_token' | 'refresh' | 'unknown'

/** What each kind of credential is asked, in order. The revocation log comes first, since it is in memory. */
export const credentialChecks: Readonly<Record<CheckedCredential, readonly CheckName[]>> = {
  session: [
    'form',
    'lease',
    'revocations',
    'known',
    'secret',
    'kind',
    'ended',
    'expiry',
    'idle',
    'owner',
    'floor',
    'level',
    'audience',
  ],
  api_key: [
    'form',
    'lease',
    'revocations',
    'known',
    'secret',
    'overlap',
    'ended',
    'suspended',
    'expiry',
    'owner',
    'floor',
    'audience',
  ],
  access_token: [
    'form',
    'kind',
    'lease',
    'signing_key',
    'algorithm',
    'signature',
    'issuer',
    'claims',
    'audience',
    'expiry',
    'not_before',
    'epoch',
    'revocations',
  ],
  refresh: ['form', 'kind'],
  unknown: ['form', 'lease'],
}

/** The check that a bad credential fails; `null` for a sign-in, which is no matter of a credential. */
const failedBy: Readonly<Record<RefusalReason, CheckName | null>> = {
  malformed: 'form',
  unknown: 'known',
  wrong_secret: 'secret',
  expired: 'expiry',
  idle: 'idle',
  ended: 'ended',
  revoked: 'revocations',
  principal_disabled: 'owner',
  below_level: 'level',
  overlap_ended: 'overlap',
  wrong_type: 'kind',
  wrong_algorithm: 'algorithm',
  unknown_key: 'signing_key',
  bad_signature: 'signature',
  bad_claims: 'claims',
  wrong_issuer: 'issuer',
  wrong_audience: 'audience',
  not_yet_valid: 'not_before',
  foreign_epoch: 'epoch',
  unproven: 'proof',
  risk: null,
  suspended: 'suspended',
}

/** Where a code is answered by one check, whatever the reason. */
const checkOf: Partial<Record<ErrorCode, CheckName>> = {
  https_required: 'gate',
  misdirected_request: 'gate',
  shutting_down: 'gate',
  too_many_failures: 'network_limit',
  credential_required: 'presence',
  multiple_credentials: 'single',
  verifier_unavailable: 'lease',
  invalid_dpop_proof: 'proof',
  use_dpop_nonce: 'proof',
  credential_address_refused: 'address',
  csrf_refused: 'origin',
  permission_denied: 'permission',
  insufficient_user_authentication: 'sign_in',
}

/** The check at which a request was refused. */
export function failedCheck(code: string, reason: string | null, isKnown: boolean): CheckName {
  if (code === 'rate_limited') return isKnown ? 'own_limit' : 'network_limit'
  if (code === 'invalid_credential' && reason !== null && Object.hasOwn(failedBy, reason)) {
    return failedBy[reason as RefusalReason] ?? 'endpoint'
  }
  return Object.hasOwn(checkOf, code) ? (checkOf[code as ErrorCode] ?? 'endpoint') : 'endpoint'
}

export type CheckPlace = 'authority' | 'verifier' | 'public' | 'question'

/** What is asked around the credential, by who asks: verifiers count uses last, and a question is about nothing else. */
const around: Readonly<Record<CheckPlace, { before: readonly CheckName[]; after: readonly CheckName[] }>> = {
  authority: {
    before: ['gate', 'network_limit', 'presence', 'single'],
    after: ['proof', 'address', 'own_limit', 'origin', 'permission', 'sign_in', 'endpoint'],
  },
  verifier: {
    before: ['gate', 'presence', 'single'],
    after: ['proof', 'address', 'origin', 'permission', 'sign_in', 'own_limit'],
  },
  public: { before: ['gate', 'network_limit', 'origin', 'endpoint'], after: [] },
  question: { before: [], after: ['permission'] },
}

export function requestChecks(place: CheckPlace, kind: CheckedCredential): readonly CheckName[] {
  const { before, after } = around[place]
  return place === 'public' ? before : [...before, ...credentialChecks[kind], ...after]
}

/** The kind that an id, or else the reason, tells of. */
export function kindOfRefused(credentialId: string | null, reason: string | null): CheckedCredential {
  if (credentialId?.startsWith('ses_')) return 'session'
  if (credentialId?.startsWith('key_')) return 'api_key'
  if (credentialId?.startsWith('jwt_') || (reason !== null && ONLY_SIGNED.has(reason))) return 'access_token'
  return 'unknown'
}

const ONLY_SIGNED: ReadonlySet<string> = new Set([
  'wrong_algorithm',
  'unknown_key',
  'bad_signature',
  'bad_claims',
  'wrong_issuer',
  'not_yet_valid',
  'foreign_epoch',
  'unproven',
])

/**
 * All before the failed one were passed, and none after it was looked at. One that the order does not hold, such as
 * a secret of a credential whose kind nobody wrote down, stands behind what is common to all kinds.
 */
export function toTrace(
  order: readonly CheckName[],
  failed: CheckName | null,
  saw: Partial<Record<CheckName, string | null>>,
): CheckShape[] {
  const whole = failed === null || order.includes(failed) ? order : withMissing(order, failed)
  const at = failed === null ? whole.length : whole.indexOf(failed)
  return whole.map((check, index) => ({
    check,
    verdict: index < at ? 'passed' : index === at ? 'failed' : 'not_reached',
    saw: saw[check] ?? null,
  }))
}

function withMissing(order: readonly CheckName[], failed: CheckName): readonly CheckName[] {
  const behind = order.indexOf('lease') + 1
  const at = behind === 0 ? order.length : behind
  return [...order.slice(0, at), failed, ...order.slice(at)]
}
