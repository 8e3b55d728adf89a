/**
 * Challenges that authenticators sign. For a ticket or a session they are kept; for whoever comes they are sealed and
 * handed out, so that a page that offers passkeys to everybody who looks at it writes nothing.
 */
import { Secret } from '@countersign/protocol'
import type { Context, RequestFacts } from '../context.ts'
import {
  CHALLENGE_BYTES,
  CHALLENGE_SECONDS,
  type PasskeyChallenge,
  type SealedChallenge,
  toBase64url,
} from '../factors/passkey.ts'

/** 256 random bits; what is stored of them is a digest. */
export async function openChallenge(
  context: Context,
  facts: RequestFacts,
  asked: Omit<PasskeyChallenge, 'expiresAtMs'>,
): Promise<string> {
  const text = toBase64url(context.random.bytes(CHALLENGE_BYTES))
  await context.store.openChallenge({
    digest: context.secrets.digest(new Secret(text)),
    challenge: { ...asked, expiresAtMs: facts.nowMs + CHALLENGE_SECONDS * 1000 },
  })
  return text
}

type Sealer = Pick<Context, 'secrets' | 'hashes' | 'random'>

const SEALED_FOR = 'passkey challenge'

/** `browser`: what the one that asked is known by, and empty for a program. Nobody else can answer it. */
export function sealChallenge(context: Sealer, browser: string, nowMs: number): string {
  const random = toBase64url(context.random.bytes(CHALLENGE_BYTES))
  const expiresAtMs = nowMs + CHALLENGE_SECONDS * 1000
  const sealed = context.secrets.seal(`${random} ${expiresAtMs} ${browser}`, SEALED_FOR)
  return toBase64url(Uint8Array.from(sealed, (letter) => letter.charCodeAt(0)))
}

/** Null for what was never asked here, was asked by another browser, or has expired. Whether it was answered, the store knows. */
export function openSealedChallenge(
  context: Sealer,
  challenge: string,
  browser: string,
  nowMs: number,
): SealedChallenge | null {
  const parts = tryOpen(context, challenge)?.split(' ') ?? []
  const [random = '', expires = '', by = ''] = parts
  const expiresAtMs = Number(expires)
  if (parts.length !== 3 || by !== browser || !(nowMs < expiresAtMs)) return null
  // By what was sealed, and not by how that is spelled.
  return { key: `passkey ${context.hashes.sha256(random)}`, expiresAtMs }
}

function tryOpen({ secrets }: Sealer, challenge: string): string | null {
  try {
    return secrets.open(atob(challenge.replaceAll('-', '+').replaceAll('_', '/')), SEALED_FOR)
  } catch {
    // Made up, altered or cut off: what a stranger sends is no fault of ours.
    return null
  }
}
