/** Second factors as they stand on the wire. */
import {
  type Evidence,
  type Factor,
  type FactorsShown,
  type Outcome,
  refuseField,
  type ShownPasskey,
  type TotpOffer,
} from '@countersign/core'
import {
  type FactorName,
  type FactorShape,
  type FactorsResponse,
  type PasskeyAssertion,
  type PasskeyRegistration,
  type PasskeyShape,
  Secret,
  type TotpOfferShape,
} from '@countersign/protocol'
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
    has_password: shown.hasPassword,
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

export function toPasskeyShape({ factor, passkey }: ShownPasskey): PasskeyShape {
  return {
    ...toFactorShape(factor),
    kind: 'passkey',
    synced: passkey.isBackupEligible,
    backed_up: passkey.isBackedUp,
    user_verified: passkey.isUserVerified,
    transports: [...passkey.transports],
    aaguid: passkey.aaguid,
  }
}

/** A passkey comes with its credential, everything else with a code; never both. */
export function parseEvidence(body: {
  readonly factor: FactorName
  readonly code?: string | undefined
  readonly credential?: PasskeyAssertion | PasskeyRegistration | undefined
}): Outcome<{ evidence: Evidence }> {
  const { factor: way, code, credential } = body
  if (way === 'passkey') {
    if (credential === undefined) return refuseField('credential', 'Expected with a passkey.')
    if (code !== undefined) return refuseField('code', 'Not expected with a passkey.')
    return { ok: true, evidence: { way, credential } }
  }
  if (code === undefined) return refuseField('code', 'Expected with this factor.')
  if (credential !== undefined) return refuseField('credential', 'Expected with a passkey only.')
  return { ok: true, evidence: { way, code: new Secret(code) } }
}
