/** QR codes as SVG: drawn here, since a picture service would be told the secret in them. */
import type { Secret } from '@countersign/protocol'
import encodeQR from 'qr'

/** The quiet zone that ISO/IEC 18004 asks for, in modules. */
const BORDER = 4

export function toQrSvg(text: Secret): string {
  return encodeQR(text.reveal(), 'svg', { ecc: 'medium', border: BORDER })
}
