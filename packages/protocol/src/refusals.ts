/** Why a decision went against a credential. */
/**
 * Why a credential was refused, for those allowed to read decisions. Callers that were refused see
 * `invalid_credential` for all of these, so that a guess teaches nothing.
 */
export const refusalReasons = [
  'malformed',
  'unknown',
  'wrong_secret',
  'expired',
  'idle',
  'ended',
  'revoked',
  'principal_disabled',
  'below_level',
  'overlap_ended',
  'wrong_type',
  'wrong_algorithm',
  'unknown_key',
  'bad_signature',
  'bad_claims',
  'wrong_issuer',
  'wrong_audience',
  'not_yet_valid',
  'foreign_epoch',
  'unproven',
  'risk',
  'suspended',
] as const
export type RefusalReason = (typeof refusalReasons)[number]
