/** The brand's mark: the operator's file, read at the start, or our own drawing. */
import { readFileSync } from 'node:fs'
import type { Config } from '../config.ts'
import { defaultLogo } from '../pages/brand.ts'
import { StartError } from '../start-error.ts'

export interface Logo {
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly contentType: string
}

const BYTES_MAX = 262_144
const SVG = 'image/svg+xml; charset=utf-8'
const PNG_BEGINNING = [0x89, 0x50, 0x4e, 0x47]

/** Throws `StartError` with one sentence where the file is no mark. */
export function readLogo({ brandLogo, brandColor }: Config): Logo {
  if (brandLogo === null) return { body: defaultLogo(brandColor), contentType: SVG }
  const body = read(brandLogo)
  if (body.length > BYTES_MAX)
    throw new StartError(`COUNTERSIGN_BRAND_LOGO is larger than 256 KiB: ${brandLogo}`)
  if (PNG_BEGINNING.every((byte, index) => body[index] === byte)) return { body, contentType: 'image/png' }
  if (new TextDecoder().decode(body).includes('<svg')) return { body, contentType: SVG }
  throw new StartError(`COUNTERSIGN_BRAND_LOGO is neither an SVG nor a PNG file: ${brandLogo}`)
}

function read(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path))
  } catch (cause) {
    throw new StartError(`COUNTERSIGN_BRAND_LOGO cannot be read: ${path}`, { cause })
  }
}
