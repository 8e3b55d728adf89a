/** The second step of signing in: the factor with the ticket, then the session, all in one transaction. */
import type { SessionId } from '@countersign/protocol'
import type { Account } from '../accounts/account.ts'
import type { AuditDetails, AuditEvent } from '../audit/event.ts'
import type { RequestFacts } from '../context.ts'
import { meets } from '../factors/assurance.ts'
import type { Proof } from '../factors/factor.ts'
import { spellRecoveryCode } from '../factors/recovery-codes.ts'
import type { QueuedMail } from '../mail-port.ts'
import { makeAudit } from '../make.ts'
import { makeNotice } from '../make-mail.ts'
import { type Outcome, type Refusal, refuse } from '../outcome.ts'
import type { Session, SessionDelivery } from '../sessions/session.ts'
import { isForBrowser, prepareDevice } from './devices.ts'
import type { MintContext } from './mint.ts'
import { deliverSession, type Proven, prepareSession, type SignedIn } from './open-session.ts'
import { hashRecoveryCodes } from './recovery-codes.ts'
import { learnPassed } from './risk.ts'
import {
  amrAfter,
  auditRefusal,
  type Evidence,
  type NextStep,
  nextEnrolment,
  nextPassword,
  type Presented,
  type ProvenFactor,
  prepareTicket,
  proveFactor,
  refusalOf,
  type StepRequired,
} from './tickets.ts'

export interface FactorInput {
  readonly ticket: string
  readonly evidence: Evidence
  /** In place of what was asked for with the password. */
  readonly deliver: SessionDelivery | null
  readonly refresh: 'body' | 'cookie' | null
  /** The person asks not to be asked again in this browser for a while. */
  readonly trustDevice?: boolean
}

export type FactorSignedIn = SignedIn & { readonly refresh: 'body' | 'cookie' }

export async function signInWithFactor(
  context: MintContext,
  input: FactorInput,
  facts: RequestFacts,
): Promise<Outcome<FactorSignedIn | StepRequired>> {
  const presented = { ...input, session: null }
  const found = await proveFactor(context, presented, facts)
  if (!found.ok) return found
  const { ticket, digest, account } = found.taken
  const proven: Proven = {
    account,
    issuedPosition: ticket.issuedPosition,
    amr: amrAfter(ticket.amr, found),
    factor: input.evidence.way,
    level: ticket.level,
  }
  const deliver = input.deliver ?? ticket.delivery
  const refresh = input.refresh ?? ticket.refresh
  const next = ticket.purpose === 'sign_in' ? nextStep(account, proven) : null
  if (next !== null) {
    const { draft, required } = prepareTicket(context, proven, { deliver, refresh }, next, facts)
    const spent = { ticketDigest: digest, ticket, proof: found.proof, next: draft, nowMs: facts.nowMs }
    const exchanged = await context.store.exchangeTicket(spent)
    if (exchanged === 'exchanged') return { ok: true, ...required }
    return refuseSpent(context, presented, account.id, exchanged, facts)
  }
  // Beside other factors the codes of before go on working.
  const codes =
    ticket.purpose === 'enrol' && !isBesideOthers(found.proof) ? await hashRecoveryCodes(context) : null
  const device = prepareDevice(context, isForBrowser(deliver, refresh), facts)
  const passed = { ...proven, learned: await learnPassed(context, account, device, facts) }
  const prepared = prepareSession(context, passed, device, deliver, facts)
  const proof = toProof(found.proof, codes?.hashes ?? null)
  const enrolment = toEnrolmentAudit(context, prepared.draft.session, proof, facts)
  const opened = await context.store.completeSignIn({
    ...prepared.draft,
    ticketDigest: digest,
    proof,
    enrolment,
    trustUntilMs: trustUntil(context, input, facts.nowMs),
    mails: toNotices(context, account, proof, prepared.draft.session.id, facts),
  })
  if (opened.kind !== 'opened') return refuseSpent(context, presented, account.id, opened.kind, facts)
  const signedIn = await deliverSession(context, account, prepared, opened, facts)
  if (!signedIn.ok) return signedIn
  const recoveryCodes = codes === null ? [] : codes.codes.map(spellRecoveryCode)
  return { ...signedIn, recoveryCodes, refresh }
}

/** Only for a factor that stands for itself: who used a recovery code has lost theirs. */
function trustUntil(
  { policy }: MintContext,
  { evidence, trustDevice }: FactorInput,
  nowMs: number,
): number | null {
  const { trustedDeviceSeconds } = policy
  if (trustDevice !== true || trustedDeviceSeconds === 0 || evidence.way === 'recovery_code') return null
  return nowMs + trustedDeviceSeconds * 1000
}

/** What the factor alone does not make good: a password that has to be changed, or a level that demands another one. */
function nextStep(account: Account, { amr, level = null }: Proven): NextStep | null {
  if (account.passwordChangeRequiredAtMs !== null) return nextPassword(account)
  return meets(level, amr) ? null : nextEnrolment(level)
}

/** What was good when it was compared, and is not any more. */
async function refuseSpent(
  context: MintContext,
  presented: Presented,
  accountId: string,
  kind: 'account_gone' | 'ticket_gone' | 'proof_used',
  facts: RequestFacts,
): Promise<Refusal> {
  switch (kind) {
    case 'account_gone':
      return refuse('ticket_ended', 'revoked')
    case 'ticket_gone':
      return refuse('ticket_ended', 'ended')
    case 'proof_used':
      await auditRefusal(context, presented, accountId, 'used', facts)
      return refuse(refusalOf(presented.evidence.way), 'ended')
  }
}

/** A code time and again is how people sign in; a recovery code, or a new factor, is worth a word. */
function toNotices(
  context: MintContext,
  account: Account,
  { kind }: Proof,
  session: SessionId,
  facts: RequestFacts,
): readonly QueuedMail[] {
  const isNew = kind === 'enrolment' || kind === 'passkey_enrolment'
  if (!isNew && kind !== 'recovery_code') return []
  const notice = isNew ? 'factor_added' : 'recovery_code_used'
  return makeNotice(context, notice, account, 'owner', facts, { session })
}

function toEnrolmentAudit(
  context: MintContext,
  { id, accountId }: Session,
  proof: Proof,
  facts: RequestFacts,
): AuditEvent | null {
  const added = toAdded(proof)
  if (added === null) return null
  return makeAudit(context, facts, {
    type: 'factor.added',
    actor: { kind: 'account', id: accountId, credential: id },
    target: { kind: 'account', id: accountId },
    details: added,
  })
}

function toAdded(proof: Proof): AuditDetails | null {
  if (proof.kind === 'enrolment') return { factor: proof.id, kind: 'totp' }
  if (proof.kind !== 'passkey_enrolment') return null
  const { id, isBackupEligible, aaguid } = proof.passkey
  return { factor: id, kind: 'passkey', synced: isBackupEligible, aaguid }
}

const isBesideOthers = (proof: Proof): boolean => proof.kind === 'passkey_enrolment' && proof.besideOthers

function toProof(proof: ProvenFactor['proof'], recoveryHashes: readonly string[] | null): Proof {
  if (recoveryHashes === null) return proof
  if (proof.kind === 'passkey_enrolment') return { ...proof, recoveryHashes }
  if (proof.kind !== 'totp') return proof
  return { kind: 'enrolment', id: proof.id, step: proof.step, recoveryHashes }
}
