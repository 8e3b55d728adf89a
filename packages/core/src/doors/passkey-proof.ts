/**
 * Passkeys at the second step and at a step-up: the challenge for a ticket, and comparing what was presented. What
 * was compared is spent by the caller, in the transaction that it is good for.
 */
import {
  type PasskeyAssertion,
  type PasskeyRequestOptions,
  Secret,
  type SessionId,
} from '@countersign/protocol'
import { ANONYMOUS } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import type { Proof } from '../factors/factor.ts'
import {
  CHALLENGE_BYTES,
  CHALLENGE_SECONDS,
  isCountRising,
  type Passkey,
  type PasskeyChallenge,
  toBase64url,
  toPasskeyAmr,
  toRequestOptions,
} from '../factors/passkey.ts'
import type { TakenTry } from '../factors-port.ts'
import { makeAudit } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { PasskeyFlags, WebAuthnFlaw } from '../ports.ts'

/** The challenge for a passkey of the ticket's account. `session`: the one that the ticket must be bound to. */
export async function askForPasskey(
  context: Context,
  ticket: string,
  session: SessionId | null,
  facts: RequestFacts,
): Promise<Outcome<{ options: PasskeyRequestOptions }>> {
  const found = await context.store.readTicket(context.secrets.digests(new Secret(ticket)), facts.nowMs)
  if (found === null || found.ticket.purpose === 'enrol' || found.ticket.sessionId !== session) {
    return refuse('ticket_ended', 'unknown')
  }
  const passkeys = await context.store.readPasskeys(found.account.id)
  if (passkeys.length === 0) return refuse('not_found')
  const challenge = await openChallenge(context, facts, {
    purpose: 'factor',
    accountId: found.account.id,
    boundTo: found.digest,
    userHandle: null,
  })
  const verification = mustVerifyUser(found.ticket.amr) ? 'required' : 'preferred'
  return {
    ok: true,
    options: toRequestOptions(context.policy.passkeys, challenge, passkeys, verification),
  }
}

/** A challenge of 256 random bits; what is stored of it is a digest. */
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

/** What the person knows was proved by the password; without one, the device has to ask (NIST SP 800-63B-4 §3.1.7.2). */
const mustVerifyUser = (amr: readonly string[]): boolean => !amr.includes('pwd')

export type ComparedPasskey =
  | {
      readonly ok: true
      readonly proof: Extract<Proof, { kind: 'passkey' }>
      readonly amr: readonly string[]
    }
  | { readonly ok: false; readonly reason: PasskeyFault }

export type PasskeyFault = WebAuthnFlaw | 'unknown' | 'sign_count'

export async function comparePasskey(
  context: Context,
  { ticket, digest, passkeys }: TakenTry,
  credential: PasskeyAssertion,
  facts: RequestFacts,
): Promise<ComparedPasskey> {
  const challenge = context.webauthn.challengeOf(credential)
  if (challenge === null) return { ok: false, reason: 'malformed' }
  const passkey = passkeys.find(({ credentialId }) => credentialId === credential.id) ?? null
  const answer = await context.webauthn.verifyAssertion({
    credential,
    challenge,
    scope: context.policy.passkeys,
    mustVerifyUser: mustVerifyUser(ticket.amr),
    mustNameUser: false,
    passkey,
  })
  // Step 5 of §7.2: only those that were listed in the options.
  if (passkey === null) return { ok: false, reason: 'unknown' }
  if (!answer.ok) return { ok: false, reason: answer.flaw }
  if (!isCountRising(passkey.signCount, answer.signCount)) {
    await auditCount(context, passkey, answer, facts)
    return { ok: false, reason: 'sign_count' }
  }
  const digests = context.secrets.digests(new Secret(challenge))
  const use = toUse(passkey, answer, { digests, purpose: 'factor', boundTo: digest })
  return { ok: true, proof: { kind: 'passkey', use }, amr: toPasskeyAmr(passkey) }
}

type Use = Extract<Proof, { kind: 'passkey' }>['use']

export const toUse = (passkey: Passkey, seen: PasskeyFlags, challenge: Use['challenge']): Use => ({
  id: passkey.id,
  signCount: seen.signCount,
  isBackedUp: seen.isBackedUp,
  isUserVerified: seen.isUserVerified,
  challenge,
})

/** Somebody holds the key who is not the device that it was made on, or the device has lost its count. */
export async function auditCount(
  context: Context,
  passkey: Passkey,
  seen: PasskeyFlags,
  facts: RequestFacts,
): Promise<void> {
  const draft = {
    type: 'passkey.count_fell',
    outcome: 'refused',
    actor: ANONYMOUS,
    target: { kind: 'account', id: passkey.accountId },
    details: { factor: passkey.id, stored: passkey.signCount, presented: seen.signCount },
  } as const
  await context.store.appendAudit([makeAudit(context, facts, draft)])
}
