/**
 * Pushed authorization requests (RFC 9126) as they are named to the browser: sealed, like every request on its way
 * through the pages, so that a push stores nothing; what was used is remembered, not what could be.
 */
import { type AuthorizationParameters, type Context, parameterNames } from '@countersign/core'
import { z } from 'zod'

const PREFIX = 'urn:ietf:params:oauth:request_uri:'
const CONTEXT = 'pushed authorization request'
/** RFC 9126 §2.2: between 5 and 600 seconds; a browser is on its way at once. */
export const PUSHED_SECONDS = 60

export interface Pushed {
  readonly clientId: string
  readonly parameters: AuthorizationParameters
  /** By which it is known when it was used. */
  readonly key: string
}

type Sealer = Pick<Context, 'secrets' | 'hashes'>

const schema = z.object({
  clientId: z.string(),
  parameters: z.object(Object.fromEntries(parameterNames.map((name) => [name, z.string().optional()]))),
  expiresAtMs: z.number(),
})

export const isPushed = (requestUri: string): boolean => requestUri.startsWith(PREFIX)

/** No two are the same, also for the same request: sealing begins with random bytes. */
export function sealPushed(
  { secrets }: Sealer,
  clientId: string,
  parameters: AuthorizationParameters,
  nowMs: number,
): string {
  const expiresAtMs = nowMs + PUSHED_SECONDS * 1000
  return PREFIX + secrets.seal(JSON.stringify({ clientId, parameters, expiresAtMs }), CONTEXT)
}

/** Null for what was never pushed here, and for what has expired. Whether it was used, the store decides. */
export function openPushed({ secrets, hashes }: Sealer, requestUri: string, nowMs: number): Pushed | null {
  const sealed = requestUri.slice(PREFIX.length)
  const text = tryOpen(secrets, sealed)
  if (text === null) return null
  const { clientId, parameters, expiresAtMs } = schema.parse(JSON.parse(text))
  // Of what was opened, and not of how it was spelled: one request has one name.
  return nowMs < expiresAtMs ? { clientId, parameters, key: `pushed ${hashes.sha256(tagOf(sealed))}` } : null
}

/** Base64url can be spelled with loose ends; its canonical form cannot. */
const tagOf = (sealed: string): string => {
  const dot = sealed.indexOf('.')
  return Buffer.from(sealed.slice(dot + 1), 'base64url').toString('base64url')
}

function tryOpen(secrets: Context['secrets'], sealed: string): string | null {
  try {
    return secrets.open(sealed, CONTEXT)
  } catch {
    // What a stranger sends is no fault of ours.
    return null
  }
}
