/** Challenges that authenticators sign. */
import { Secret } from '@countersign/protocol'
import type { Context, RequestFacts } from '../context.ts'
import { CHALLENGE_BYTES, CHALLENGE_SECONDS, type PasskeyChallenge, toBase64url } from '../factors/passkey.ts'

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
