/**
 * Tickets: opened after a password or by a session, and proving a factor with one. A try is taken from the
 * ticket, and a failure counted for the factor, before anything is compared.
 */
import {
  type AssuranceLevel,
  type PasskeyAssertion,
  type PasskeyRegistration,
  Secret,
  type SessionId,
} from '@countersign/protocol'
import type { Account } from '../accounts/account.ts'
import type { AuditActor } from '../audit/event.ts'
import { ANONYMOUS } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import type { SignInTry } from '../devices-port.ts'
import { waysAt } from '../factors/assurance.ts'
import { FACTOR_FAILURES_MAX, FACTOR_KINDS, type FactorWay, type Proof } from '../factors/factor.ts'
import { parseRecoveryCode } from '../factors/recovery-codes.ts'
import { TICKET_SECONDS, TICKET_TRIES_MAX, type Ticket } from '../factors/ticket.ts'
import { parseTotpCode } from '../factors/totp.ts'
import type { TakenTry } from '../factors-port.ts'
import { makeAudit, makeSecret } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { normalizePassword } from '../passwords/policy.ts'
import type { TicketDraft } from '../passwords-port.ts'
import type { JudgedDraft } from '../risk-port.ts'
import type { Proven } from './open-session.ts'
import { comparePasskey, type PasskeyFault } from './passkey-proof.ts'
import { toJudgedDraft } from './risk.ts'

/** The answer that is no session: what has to be presented together with the ticket. */
export interface FactorRequired {
  readonly kind: 'factor_required' | 'factor_enrolment_required'
  readonly ticket: Secret
  readonly ways: readonly FactorWay[]
  readonly reason: 'account_has_factor' | 'required_by_policy' | 'risk' | 'step_up'
}

/** The same, where it is another password. */
export interface PasswordChangeRequired {
  readonly kind: 'password_change_required'
  readonly ticket: Secret
  readonly reason: 'required_by_administrator' | 'breached'
}

export type StepRequired = FactorRequired | PasswordChangeRequired

/** The session to step up, and who asked. */
interface SteppingSession {
  readonly id: SessionId
  readonly actor: AuditActor
}

export interface NextFactor {
  readonly purpose: Exclude<Ticket['purpose'], 'password'>
  readonly ways: readonly FactorWay[]
  readonly reason: FactorRequired['reason']
  readonly session?: SteppingSession
}

export interface NextPassword {
  readonly purpose: 'password'
  readonly reason: PasswordChangeRequired['reason']
  readonly session?: never
}

export type NextStep = NextFactor | NextPassword

/** The way to a factor, where the policy demands one that is not there. */
export const nextEnrolment = (level: AssuranceLevel | null): NextFactor => ({
  purpose: 'enrol',
  ways: waysAt(level, FACTOR_KINDS),
  reason: 'required_by_policy',
})

/** The way to another password, once everything else has been proved. */
export function nextPassword({ passwordBreachedAtMs }: Account): NextPassword {
  return {
    purpose: 'password',
    reason: passwordBreachedAtMs === null ? 'required_by_administrator' : 'breached',
  }
}

interface Asked {
  readonly deliver: Ticket['delivery']
  readonly refresh: Ticket['refresh']
}

export async function openTicket(
  context: Context,
  proven: Proven,
  asked: Asked,
  next: NextStep,
  facts: RequestFacts,
): Promise<Outcome<StepRequired>> {
  const { draft, required } = prepareTicket(context, proven, asked, next, facts)
  await context.store.openTicket(draft)
  return { ok: true, ...required }
}

/** A ticket that is ready to be written, and what its holder is told. */
export function prepareTicket(
  context: Context,
  proven: Proven,
  asked: Asked,
  next: NextStep,
  facts: RequestFacts,
): {
  readonly draft: TicketDraft & { judged: JudgedDraft | null; proved?: SignInTry }
  readonly required: StepRequired
} {
  const secret = makeSecret(context.random)
  const ticket: Ticket = {
    purpose: next.purpose,
    accountId: proven.account.id,
    sessionId: next.session?.id ?? null,
    amr: proven.amr,
    delivery: asked.deliver,
    refresh: asked.refresh,
    issuedPosition: proven.issuedPosition,
    factorId: null,
    level: proven.level ?? null,
    createdAtMs: facts.nowMs,
    expiresAtMs: facts.nowMs + TICKET_SECONDS * 1000,
  }
  const audit = makeAudit(context, facts, {
    type: eventOf(next),
    actor: next.session?.actor ?? ANONYMOUS,
    target: { kind: 'account', id: proven.account.id },
    details: { factor: proven.factor, reason: next.reason },
  })
  const { judged, account, proved } = proven
  const draft = {
    digest: context.secrets.digest(secret),
    ticket,
    audit,
    judged: judged == null ? null : toJudgedDraft(context, judged, account.id, audit, facts),
    ...(proved && { proved }),
  }
  return { draft, required: tell(next, secret) }
}

function eventOf({ purpose, session }: NextStep): string {
  if (session !== undefined) return 'step_up.begun'
  return purpose === 'password' ? 'sign_in.password_change_required' : 'sign_in.factor_required'
}

function tell(next: NextStep, ticket: Secret): StepRequired {
  if (next.purpose === 'password') return { kind: 'password_change_required', ticket, reason: next.reason }
  const kind = next.purpose === 'enrol' ? 'factor_enrolment_required' : 'factor_required'
  return { kind, ticket, ways: next.ways, reason: next.reason }
}

/** What is presented with a ticket. */
export type Evidence =
  | { readonly way: Exclude<FactorWay, 'passkey'>; readonly code: Secret }
  /** One that the account has; or, with a ticket to enrol with, a new one. */
  | { readonly way: 'passkey'; readonly credential: PasskeyAssertion | PasskeyRegistration }

export interface Presented {
  readonly ticket: string
  readonly evidence: Evidence
  /** The session that the ticket must be bound to, and who presents it. */
  readonly session: { readonly id: SessionId; readonly actor: AuditActor } | null
}

export interface ProvenFactor {
  readonly taken: TakenTry
  readonly proof: Exclude<Proof, { kind: 'enrolment' }>
  /** The words of RFC 8176 for what was proved. */
  readonly amr: readonly string[]
}

/** Compares what was presented; spends nothing but the try. */
export async function proveFactor(
  context: Context,
  presented: Presented,
  facts: RequestFacts,
): Promise<Outcome<ProvenFactor>> {
  const { evidence, session } = presented
  const recovery = evidence.way === 'recovery_code' ? parseRecoveryCode(evidence.code.reveal()) : null
  const answer = await context.store.takeTry({
    digests: context.secrets.digests(new Secret(presented.ticket)),
    session: session?.id ?? null,
    way: evidence.way,
    recoveryNumber: recovery?.number ?? null,
    triesMax: TICKET_TRIES_MAX,
    failuresMax: FACTOR_FAILURES_MAX,
    nowMs: facts.nowMs,
  })
  if (answer.kind === 'gone') return refuse('ticket_ended', 'unknown')
  if (answer.kind === 'closed') {
    await auditRefusal(context, presented, answer.account, 'closed', facts)
    return refuse('factor_closed')
  }
  const { taken } = answer
  const checked = await compare(context, taken, evidence, recovery?.code ?? null, facts)
  if (checked.ok) return { ok: true, taken, proof: checked.proof, amr: checked.amr }
  await auditRefusal(context, presented, taken.account.id, checked.reason, facts)
  if (taken.failures >= FACTOR_FAILURES_MAX) await auditClosed(context, presented, taken, facts)
  return refuse(refusalOf(evidence.way), 'wrong_secret')
}

/** What is said about a factor that does not hold, or was spent before. */
export const refusalOf = (way: FactorWay): 'invalid_passkey' | 'invalid_factor' =>
  way === 'passkey' ? 'invalid_passkey' : 'invalid_factor'

type Compared =
  | { ok: true; proof: ProvenFactor['proof']; amr: readonly string[] }
  | { ok: false; reason: 'wrong_secret' | 'used' | PasskeyFault }

const WRONG: Compared = { ok: false, reason: 'wrong_secret' }

function compare(
  context: Context,
  taken: TakenTry,
  evidence: Evidence,
  recoveryCode: Secret | null,
  facts: RequestFacts,
): Promise<Compared> {
  switch (evidence.way) {
    case 'totp':
      return Promise.resolve(compareTotp(context, taken, evidence.code, facts.nowMs))
    case 'passkey':
      return comparePasskey(context, taken, evidence.credential, facts)
    case 'recovery_code':
      return compareRecoveryCode(context, taken, recoveryCode)
    case 'password':
      return comparePassword(context, taken, evidence.code)
  }
}

function compareTotp(context: Context, taken: TakenTry, code: Secret, nowMs: number): Compared {
  const digits = parseTotpCode(code.reveal())
  if (digits === null) return WRONG
  if (!isTaken('totp', taken)) return WRONG
  let isUsed = false
  let proof: ProvenFactor['proof'] | null = null
  // All are compared, also after a match: how long it takes must not tell which one it was.
  for (const { id, sealedSeed, lastStep } of taken.totps) {
    const seed = new Secret(context.secrets.open(sealedSeed, id))
    const step = context.totp.matchingStep(seed, digits, nowMs)
    if (step !== null && step > lastStep) proof = { kind: 'totp', id, step }
    else if (step !== null) isUsed = true
  }
  if (proof !== null) return { ok: true, proof, amr: ['otp'] }
  return isUsed ? { ok: false, reason: 'used' } : WRONG
}

async function compareRecoveryCode(
  context: Context,
  taken: TakenTry,
  presented: Secret | null,
): Promise<Compared> {
  const { ticket, recoveryHash } = taken
  if (presented === null) return WRONG
  // The same work for a code that was used: how long it takes tells nothing about which numbers are left.
  const { matches } = await context.passwords.verify(
    presented,
    recoveryHash ?? context.passwords.decoy,
    'known',
  )
  if (!matches || recoveryHash === null || !hasFactor(taken) || ticket.purpose === 'enrol') return WRONG
  if (!isTaken('recovery_code', taken)) return WRONG
  const number = Number(presented.reveal().charAt(0))
  return { ok: true, proof: { kind: 'recovery_code', number, hash: recoveryHash }, amr: ['recovery_code'] }
}

/** At AAL3 what was not offered is not taken either. */
function isTaken(way: FactorWay, { ticket, passkeys, totps }: TakenTry): boolean {
  const kinds = [...passkeys.map(() => 'passkey' as const), ...totps.map(() => 'totp' as const)]
  return waysAt(ticket.level, [...kinds, 'recovery_code']).includes(way)
}

const hasFactor = ({ totps, passkeys }: TakenTry): boolean => totps.length > 0 || passkeys.length > 0

/** A password steps up only where there is nothing stronger: it is what a thief of the session may know too. */
async function comparePassword(context: Context, taken: TakenTry, presented: Secret): Promise<Compared> {
  const { ticket, passwordHash } = taken
  const password = normalizePassword(presented)
  const { matches } = await context.passwords.verify(
    password,
    passwordHash ?? context.passwords.decoy,
    'known',
  )
  const isEnough = ticket.purpose === 'step_up' && !hasFactor(taken)
  if (!matches || passwordHash === null || !isEnough) return WRONG
  return { ok: true, proof: { kind: 'password' }, amr: ['pwd'] }
}

/** Also for a proof that another request has spent between the comparison and the commit. */
export async function auditRefusal(
  context: Context,
  { evidence, session }: Presented,
  accountId: string,
  reason: string,
  facts: RequestFacts,
): Promise<void> {
  const draft = {
    type: session === null ? 'sign_in.refused' : 'step_up.refused',
    outcome: 'refused',
    actor: session?.actor ?? ANONYMOUS,
    target: { kind: 'account', id: accountId },
    details: { factor: evidence.way, reason },
  } as const
  await context.store.appendAudit([makeAudit(context, facts, draft)])
}

async function auditClosed(
  context: Context,
  { evidence }: Presented,
  taken: TakenTry,
  facts: RequestFacts,
): Promise<void> {
  const draft = {
    type: 'factor.closed',
    outcome: 'refused',
    actor: ANONYMOUS,
    target: { kind: 'account', id: taken.account.id },
    details: { factor: evidence.way },
  } as const
  await context.store.appendAudit([makeAudit(context, facts, draft)])
}

/** What is proved by now, in the words of RFC 8176. The password alone stays one factor. */
export function amrAfter(
  before: readonly string[],
  proven: { readonly proof: { readonly kind: Proof['kind'] }; readonly amr: readonly string[] },
): readonly string[] {
  if (proven.proof.kind === 'password') return proven.amr
  return [...new Set([...before.filter((word) => word !== 'mfa'), ...proven.amr, 'mfa'])]
}
