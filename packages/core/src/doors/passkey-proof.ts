/**
 * Passkeys at the second step and at a step-up: the challenge for a ticket, and comparing what was presented. What
 * was compared is spent by the caller, in the transaction that it is good for.
 */
import {
  type PasskeyAssertion,
  type PasskeyRegistration,
  type PasskeyRequestOptions,
  Secret,
  type SessionId,
} from '@countersign/protocol'
import { ANONYMOUS } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { meets } from '../factors/assurance.ts'
import type { Proof } from '../factors/factor.ts'
import { isCountRising, type Passkey, toPasskeyAmr, toRequestOptions } from '../factors/passkey.ts'
import type { Ticket } from '../factors/ticket.ts'
import type { TakenTry } from '../factors-port.ts'
import { makeAudit } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { PasskeyFlags, WebAuthnFlaw } from '../ports.ts'
import { openChallenge } from './passkey-challenge.ts'
import { checkMaking } from './passkey-registration.ts'

/** The tickets that a passkey of the account goes with. */
const TAKEN_WITH: readonly Ticket['purpose'][] = ['sign_in', 'step_up']

/** The challenge for a passkey of the ticket's account. `session`: the one that the ticket must be bound to. */
export async function askForPasskey(
  context: Context,
  ticket: string,
  session: SessionId | null,
  facts: RequestFacts,
): Promise<Outcome<{ options: PasskeyRequestOptions }>> {
  const found = await context.store.readTicket(context.secrets.digests(new Secret(ticket)), facts.nowMs)
  if (found === null || !TAKEN_WITH.includes(found.ticket.purpose) || found.ticket.sessionId !== session) {
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

/** What the person knows was proved by the password; without one, the device has to ask (NIST SP 800-63B-4 §3.1.7.2). */
const mustVerifyUser = (amr: readonly string[]): boolean => !amr.includes('pwd')

export type ComparedPasskey =
  | {
      readonly ok: true
      readonly proof: Extract<Proof, { kind: 'passkey' | 'passkey_enrolment' }>
      readonly amr: readonly string[]
    }
  | { readonly ok: false; readonly reason: PasskeyFault }

export type PasskeyFault = WebAuthnFlaw | 'unknown' | 'sign_count'

/** With a ticket to enrol with, a passkey that was made for it; with every other one, one that the account has. */
export function comparePasskey(
  context: Context,
  taken: TakenTry,
  credential: PasskeyAssertion | PasskeyRegistration,
  facts: RequestFacts,
): Promise<ComparedPasskey> {
  const isEnrolment = taken.ticket.purpose === 'enrol'
  if (isMade(credential)) return isEnrolment ? compareMade(context, taken, credential, facts) : wrongKind()
  return isEnrolment ? wrongKind() : compareKnown(context, taken, credential, facts)
}

const isMade = (credential: PasskeyAssertion | PasskeyRegistration): credential is PasskeyRegistration =>
  'attestationObject' in credential.response

const wrongKind = (): Promise<ComparedPasskey> => Promise.resolve({ ok: false, reason: 'type' })

const amrAfter = (before: readonly string[], added: readonly string[]): readonly string[] => [
  ...before,
  ...added,
  'mfa',
]

async function compareMade(
  context: Context,
  { digest, account, ticket }: TakenTry,
  credential: PasskeyRegistration,
  facts: RequestFacts,
): Promise<ComparedPasskey> {
  const by = { account: account.id, boundTo: digest }
  const made = await checkMaking(context, by, { credential, name: null }, facts)
  if (!made.ok) return { ok: false, reason: made.flaw }
  const { factor, passkey, challenge } = made
  const amr = toPasskeyAmr(passkey)
  // One that can be copied would not do at AAL3, and a ticket is for one that does.
  if (!meets(ticket.level, amrAfter(ticket.amr, amr))) return { ok: false, reason: 'backup_state' }
  const besideOthers = ticket.amr.includes('mfa')
  const kept = { factor, passkey, challenge, besideOthers, recoveryHashes: [] }
  return { ok: true, proof: { kind: 'passkey_enrolment', ...kept }, amr }
}

async function compareKnown(
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
