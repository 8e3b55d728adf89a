/** Second factors as they stand on the wire. */
import type { Factor, FactorsShown, TotpOffer } from '@countersign/core'
import type { FactorShape, FactorsResponse, TotpOfferShape } from '@countersign/protocol'
import { toQrSvg } from '../adapters/qr-code.ts'
import { toTime } from './shapes.ts'

export function toFactorShape(factor: Factor): FactorShape {
  return {
    id: factor.id,
    kind: factor.kind,
    name: factor.name,
    created_at: toTime(factor.createdAtMs),
    last_used_at: factor.lastUsedAtMs === null ? null : toTime(factor.lastUsedAtMs),
  }
}

export function toFactorsShape(shown: FactorsShown): FactorsResponse {
  return {
    items: shown.factors.map(toFactorShape),
    next_cursor: null,
    recovery_codes_left: shown.recoveryCodesLeft,
    required: shown.required,
    closed: [...shown.closed],
  }
}

export function toTotpOfferShape({ id, seed, uri }: TotpOffer): TotpOfferShape {
  return {
    factor: { id },
    secret: seed.reveal(),
    otpauth_uri: uri.reveal(),
    qr_svg: toQrSvg(uri),
  }
}
