/**
 * What was begun with a provider: sealed into the `state` that comes back with the answer, so that nothing is stored for
 * strangers. It is bound to the browser that began it, to one provider, and is answered once (ASVS 10.1.2).
 */
import { randomBytes } from 'node:crypto'
import type { Secrets } from '@countersign/core'
import { type AccountId, isAccountId, isSessionId, type SessionId } from '@countersign/protocol'
import { z } from 'zod'
import { type Interaction, interactionSchema } from '../routes/oauth-pages/interaction.ts'

/** What follows once the provider has said who it is. */
export type AttemptPurpose =
  /** `interaction`: what they are on their way to, unsealed: sealed twice it would be a third longer. */
  | { readonly kind: 'sign_in'; readonly interaction: Interaction | null }
  | { readonly kind: 'connect'; readonly account: AccountId; readonly session: SessionId }

export interface Attempt {
  readonly provider: string
  readonly purpose: AttemptPurpose
  /** Whether the person has to prove there once more who they are. */
  readonly isAnew: boolean
  /** Shown by the browser's cookie, and by no other's. */
  readonly browser: string
  /** Comes back in the ID token (OpenID Connect Core §3.1.2.1). */
  readonly nonce: string
  /** RFC 7636: whoever has the code alone redeems nothing. */
  readonly codeVerifier: string
  readonly startedMs: number
}

/** People sign up over there, too. */
export const ATTEMPT_MS = 900_000
const CONTEXT = 'provider attempt'
const RANDOM_BYTES = 32

const schema: z.ZodType<Attempt> = z.object({
  provider: z.string(),
  purpose: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('sign_in'), interaction: interactionSchema.nullable() }),
    z.object({
      kind: z.literal('connect'),
      account: z.custom<AccountId>((value) => typeof value === 'string' && isAccountId(value)),
      session: z.custom<SessionId>((value) => typeof value === 'string' && isSessionId(value)),
    }),
  ]),
  isAnew: z.boolean(),
  browser: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  startedMs: z.number(),
})

export function newAttempt(begun: Omit<Attempt, 'nonce' | 'codeVerifier'>): Attempt {
  const random = (): string => randomBytes(RANDOM_BYTES).toString('base64url')
  return { ...begun, nonce: random(), codeVerifier: random() }
}

export const sealAttempt = (secrets: Secrets, attempt: Attempt): string =>
  secrets.seal(JSON.stringify(attempt), CONTEXT)

/** Null for what is no attempt of ours, is another provider's, or is over. */
export function openAttempt(
  secrets: Secrets,
  state: string,
  provider: string,
  nowMs: number,
): Attempt | null {
  const text = tryOpen(secrets, state)
  if (text === null) return null
  const attempt = schema.parse(JSON.parse(text))
  // A state of one provider in the answer of another is how their answers are mixed up (RFC 9207).
  const isOurs = attempt.provider === provider
  return isOurs && nowMs - attempt.startedMs < ATTEMPT_MS ? attempt : null
}

function tryOpen(secrets: Secrets, state: string): string | null {
  try {
    return secrets.open(state, CONTEXT)
  } catch {
    // Made up, altered or cut off: what a stranger sends is no fault of ours.
    return null
  }
}

/** By what it is spent; the nonce is what was sealed, and not how that is spelled. */
export const toOneUse = ({
  nonce,
  startedMs,
}: Attempt): { readonly key: string; readonly expiresAtMs: number } => ({
  key: `provider ${nonce}`,
  expiresAtMs: startedMs + ATTEMPT_MS,
})
