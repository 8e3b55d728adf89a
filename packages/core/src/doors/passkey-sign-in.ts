/**
 * Signing in with a passkey and nothing else: the device has proved to have the key, and the person to the device
 * who they are. Nobody says beforehand who they are, so there is nothing to find out about accounts (WebAuthn §14.6).
 */
import type { AssuranceLevel, PasskeyAssertion, PasskeyRequestOptions } from '@countersign/protocol'
import type { Account } from '../accounts/account.ts'
import { ANONYMOUS } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { levelFor, meets } from '../factors/assurance.ts'
import {
  isCountRising,
  type Passkey,
  type SealedChallenge,
  toPasskeyAmr,
  toRequestOptions,
} from '../factors/passkey.ts'
import { makeAudit } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { PasskeyFlags, WebAuthnAnswer } from '../ports.ts'
import type { LogHead } from '../revocations/revocation.ts'
import type { SessionDelivery } from '../sessions/session.ts'
import { isForBrowser, prepareDevice } from './devices.ts'
import type { MintContext } from './mint.ts'
import { deliverSession, prepareSession, type SignedIn } from './open-session.ts'
import { openSealedChallenge, sealChallenge } from './passkey-challenge.ts'
import { auditCount, type PasskeyFault, toUse } from './passkey-proof.ts'
import { learnPassed } from './risk.ts'

/** The same for everybody, but for the challenge. Nothing is written: pages ask for it before anybody does anything. */
export function beginPasskeySignIn(
  context: Context,
  browser: string,
  facts: RequestFacts,
): PasskeyRequestOptions {
  const challenge = sealChallenge(context, browser, facts.nowMs)
  return toRequestOptions(context.policy.passkeys, challenge, [], 'required')
}

export interface PasskeySignInInput {
  readonly credential: PasskeyAssertion
  readonly deliver: SessionDelivery
  /** What the one who presents it is known by; null for one that should be known and is not. */
  readonly browser: string | null
  /** What the application demands that it is for. */
  readonly level?: AssuranceLevel | null
}

export async function signInWithPasskey(
  context: MintContext,
  input: PasskeySignInInput,
  facts: RequestFacts,
): Promise<Outcome<SignedIn>> {
  const checked = await checkPasskey(context, input, facts)
  if (!checked.ok) return refuse('invalid_passkey', 'wrong_secret')
  const { account, head, passkey, seen, challenge, level } = checked
  const { deliver } = input
  const device = prepareDevice(context, isForBrowser(deliver, 'body'), facts)
  const passed = {
    account,
    issuedPosition: head.position,
    amr: [...toPasskeyAmr(passkey), 'mfa'],
    factor: 'passkey',
    level,
    // Nothing stronger could be asked for: it is learned from, not decided on.
    learned: await learnPassed(context, account, device, facts),
  }
  const prepared = prepareSession(context, passed, device, deliver, facts)
  const use = toUse(passkey, seen, challenge)
  const opened = await context.store.signInWithPasskey({ ...prepared.draft, use })
  // Disabled, signed out everywhere, removed, or the same answer twice, while this one was being checked.
  if (opened.kind !== 'opened') {
    const reason = opened.kind === 'proof_used' ? 'used' : 'revoked'
    await auditRefusal(context, account, passkey, reason, facts)
    return refuse('invalid_passkey', opened.kind === 'proof_used' ? 'ended' : 'revoked')
  }
  return deliverSession(context, account, prepared, opened, facts)
}

type Checked =
  | {
      readonly ok: true
      readonly account: Account
      readonly head: LogHead
      readonly passkey: Passkey
      readonly seen: PasskeyFlags
      readonly challenge: SealedChallenge
      readonly level: AssuranceLevel | null
    }
  | { readonly ok: false }

/** Looked up where there is no challenge of ours: the same work. */
const NEVER_ASKED: SealedChallenge = { key: '', expiresAtMs: 0 }

type Fault = PasskeyFault | 'principal_disabled' | 'level'

async function checkPasskey(
  context: Context,
  { credential, browser, level: asked = null }: PasskeySignInInput,
  facts: RequestFacts,
): Promise<Checked> {
  const text = context.webauthn.challengeOf(credential) ?? ''
  const opened = browser === null ? null : openSealedChallenge(context, text, browser, facts.nowMs)
  const challenge = opened ?? NEVER_ASKED
  const read = await context.store.readPasskeyToSignIn(credential.id, challenge)
  const { head, found } = read
  const isAsked = opened !== null && !read.isAnswered
  // The same work for a credential that nobody has: how long it takes tells nothing about which are known.
  const answer = await context.webauthn.verifyAssertion({
    credential,
    challenge: text,
    scope: context.policy.passkeys,
    mustVerifyUser: true,
    mustNameUser: true,
    passkey: found?.passkey ?? null,
  })
  const level = levelFor(context.policy.assurance, found?.roles ?? [], asked)
  const fault = isAsked ? faultOf(found, answer, level) : 'challenge'
  if (found !== null && fault === null && answer.ok) {
    return { ok: true, ...found, head, seen: answer, challenge, level }
  }
  // A challenge is for one ceremony, however it went (§13.4.3).
  if (isAsked) await context.store.spendChallenge(challenge)
  if (fault === 'sign_count' && found !== null && answer.ok) {
    await auditCount(context, found.passkey, answer, facts)
  }
  await auditRefusal(context, found?.account ?? null, found?.passkey ?? null, fault ?? 'unknown', facts)
  return { ok: false }
}

function faultOf(
  found: { readonly passkey: Passkey; readonly account: Account } | null,
  answer: WebAuthnAnswer<PasskeyFlags>,
  level: AssuranceLevel | null,
): Fault | null {
  if (found === null) return 'unknown'
  if (!answer.ok) return answer.flaw
  if (!isCountRising(found.passkey.signCount, answer.signCount)) return 'sign_count'
  if (found.account.disabledAtMs !== null) return 'principal_disabled'
  // One that can be copied: with the password beside it, its owner is led on to one that cannot.
  return meets(level, [...toPasskeyAmr(found.passkey), 'mfa']) ? null : 'level'
}

async function auditRefusal(
  context: Context,
  account: Account | null,
  passkey: Passkey | null,
  reason: string,
  facts: RequestFacts,
): Promise<void> {
  const draft = {
    type: 'sign_in.refused',
    outcome: 'refused',
    actor: ANONYMOUS,
    target: account === null ? null : { kind: 'account', id: account.id },
    details: { factor: 'passkey', reason, ...(passkey !== null && { passkey: passkey.id }) },
  } as const
  await context.store.appendAudit([makeAudit(context, facts, draft)])
}
