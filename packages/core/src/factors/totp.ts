/** TOTP seeds as authenticator apps take them: base32 (RFC 4648 §6) and the otpauth URI. The codes are a port's. */
import { Secret } from '@countersign/protocol'

/** 160 bits, the length of the HMAC's output (RFC 4226 §4, R6). */
export const TOTP_SEED_BYTES = 20
/** ASVS 6.5.5. */
export const TOTP_STEP_SECONDS = 30
export const TOTP_DIGITS = 6

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** 20 bytes are 32 characters, without padding. */
export function toBase32(bytes: Uint8Array): Secret {
  let text = ''
  let held = 0
  let heldBits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    heldBits += 8
    while (heldBits >= 5) {
      heldBits -= 5
      text += ALPHABET.charAt((held >> heldBits) & 31)
    }
    held &= (1 << heldBits) - 1
  }
  return new Secret(text)
}

/** What the QR code says. Parameters that are the defaults are named all the same, for apps that guess. */
export function toOtpauthUri(seed: Secret, service: string, email: string): Secret {
  const label = `${encodeURIComponent(service)}:${encodeURIComponent(email)}`
  const parameters = [
    `secret=${seed.reveal()}`,
    `issuer=${encodeURIComponent(service)}`,
    'algorithm=SHA1',
    `digits=${TOTP_DIGITS}`,
    `period=${TOTP_STEP_SECONDS}`,
  ]
  return new Secret(`otpauth://totp/${label}?${parameters.join('&')}`)
}

/** The digits of a code as people type it; null for what cannot be one. */
export function parseTotpCode(text: string): string | null {
  const digits = text.replaceAll(/[\s-]/g, '')
  return /^\d{6}$/.test(digits) ? digits : null
}
