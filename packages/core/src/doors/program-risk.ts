/**
 * Holding what API keys and service accounts are used for against their own history. It is done after the fact, since
 * uses are reported in batches: whoever watches is told, and where the policy says so a key is suspended.
 */
import { type ApiKeyId, isApiKeyId, isServiceAccountId, type ServiceAccountId } from '@countersign/protocol'
import type { AuditDetails, AuditEvent } from '../audit/event.ts'
import { SYSTEM } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import type { QueuedMail } from '../mail-port.ts'
import { makeAudit } from '../make.ts'
import { makeNotice } from '../make-mail.ts'
import {
  EMPTY_MACHINE_PROFILE,
  evaluateUse,
  learnUse,
  type MachineAssessment,
  type MachineProfile,
  type MachineUse,
  toMachineProfile,
} from '../risk/machine.ts'
import type { MachineRuleName, RiskPolicy } from '../risk/policy.ts'
import type { ProgramDraft, ProgramView } from '../risk-port.ts'
import { toRiskPolicy } from './risk.ts'

/** What has a history: a key, or a service account that was given an access token for its client's secret. */
export type ProgramId = ApiKeyId | ServiceAccountId

export type ProgramUse = Omit<MachineUse, 'place'>

type ProgramContext = Pick<Context, 'store' | 'places' | 'random' | 'secrets' | 'policy' | 'feed'>

/** The rest of a network that somebody lets loose with a key is counted, and not told one by one. */
const TOLD_PER_ROUND_MAX = 10
/** What goes on all day, as a burst does, is told once a day; and the owner gets one mail a day. */
const TOLD_AGAIN_MS = 86_400_000
const PROFILE_KEPT_MS = 280 * 86_400_000
/** Other nodes judge the same key. Each time somebody has got further, so this ends. */
const TRIES_MAX = 8

/** False where others were quicker every time: the uses are to be handed in once more. */
export async function judgeProgram(
  context: ProgramContext,
  subject: ProgramId,
  uses: readonly ProgramUse[],
  facts: RequestFacts,
): Promise<boolean> {
  const inOrder = [...uses].sort((one, other) => one.atMs - other.atMs)
  for (let turn = 0; turn < TRIES_MAX; turn += 1) {
    const view = await context.store.readProgram(subject)
    // Ended meanwhile: there is nobody left to be told of.
    if (view === null) return true
    const judged = judgeUses(context, view, inOrder, facts.nowMs)
    const draft = await toDraft(context, { subject, view, judged }, facts)
    if ((await context.store.writeProgram(draft)) === 'stale') continue
    if (draft.suspension !== null) await context.feed.catchUp()
    return true
  }
  return false
}

/** What is kept of a program: what it is used to, and when what was told last. */
interface Memory {
  readonly profile: MachineProfile
  readonly toldAtMs: Readonly<Partial<Record<MachineRuleName, number>>>
  readonly mailedAtMs: number
}

interface Telling {
  readonly use: ProgramUse
  readonly assessment: MachineAssessment
}

interface JudgedUses {
  readonly memory: Memory
  readonly tellings: readonly Telling[]
  readonly isSuspended: boolean
}

function judgeUses(
  context: ProgramContext,
  view: ProgramView,
  uses: readonly ProgramUse[],
  nowMs: number,
): JudgedUses {
  const policy = toRiskPolicy(view.policy)
  const tellings: Telling[] = []
  let memory = parseMemory(view.memory)
  let { isSuspended } = view
  for (const use of uses) {
    const placed = { ...use, place: context.places.find(use.address) }
    const assessment = judgeUse(policy, view, memory, placed)
    // What a key is stopped for teaches it nothing, nor what it was still used for before every verifier knew.
    if (isSuspended) continue
    isSuspended = assessment.action === 'suspend'
    const profile = isSuspended ? memory.profile : learnUse(memory.profile, placed)
    const isTold = assessment.action !== 'allow' && isNews(memory, assessment, nowMs)
    if (isTold && tellings.length < TOLD_PER_ROUND_MAX) tellings.push({ use, assessment })
    memory = { ...memory, profile, toldAtMs: isTold ? toTold(memory, assessment, nowMs) : memory.toldAtMs }
  }
  return { memory, tellings, isSuspended: isSuspended && !view.isSuspended }
}

/** Only a key can be suspended: a service account is told of. */
function judgeUse(
  policy: RiskPolicy,
  view: ProgramView,
  { profile }: Memory,
  use: MachineUse,
): MachineAssessment {
  const assessment = evaluateUse(policy, profile, use)
  return assessment.action === 'suspend' && !view.isKey ? { ...assessment, action: 'notify' } : assessment
}

/** A new network or program is news by itself, since it is learned at once; what is as it was an hour ago is not. */
function isNews({ toldAtMs }: Memory, { action, findings }: MachineAssessment, nowMs: number): boolean {
  return (
    action === 'suspend' ||
    findings.some(({ rule }) => {
      const isLearned = rule === 'new_network' || rule === 'new_agent'
      return isLearned || nowMs - (toldAtMs[rule] ?? Number.NEGATIVE_INFINITY) >= TOLD_AGAIN_MS
    })
  )
}

const toTold = (
  { toldAtMs }: Memory,
  { findings }: MachineAssessment,
  nowMs: number,
): Memory['toldAtMs'] => ({
  ...toldAtMs,
  ...Object.fromEntries(findings.map(({ rule }) => [rule, nowMs])),
})

async function toDraft(
  context: ProgramContext,
  { subject, view, judged }: { subject: ProgramId; view: ProgramView; judged: JudgedUses },
  facts: RequestFacts,
): Promise<ProgramDraft> {
  const { nowMs } = facts
  const { tellings, isSuspended } = judged
  const last = tellings.at(-1)
  const isMailed = isSuspended || (last !== undefined && nowMs - judged.memory.mailedAtMs >= TOLD_AGAIN_MS)
  const memory = isMailed ? { ...judged.memory, mailedAtMs: nowMs } : judged.memory
  const mails = isMailed ? await makeMails(context, view, { last, isSuspended }, facts) : []
  return {
    subject,
    before: view.uses,
    // Grows with each round, also with one that teaches nothing: of two rounds at once one is written.
    uses: Math.max(memory.profile.count, view.uses + 1),
    memory: JSON.stringify(memory),
    expiresAtMs: nowMs + PROFILE_KEPT_MS,
    anomalies: tellings.map((telling) => toAnomaly(context, subject, view, telling, facts)),
    mails,
    suspension: isSuspended && isApiKeyId(subject) ? toSuspension(context, subject, facts) : null,
  }
}

/** The use has come from the program's own address; when it was, the details tell. */
function toAnomaly(
  context: ProgramContext,
  subject: ProgramId,
  { owner }: ProgramView,
  { use, assessment }: Telling,
  facts: RequestFacts,
): AuditEvent {
  const { action, score, findings } = assessment
  const points = findings.map(({ rule, points }) => [`${rule}_points`, points] as const)
  const sentences = findings.map(({ rule, saw }) => [rule, saw] as const)
  const program = use.agent === null ? {} : { program: use.agent }
  const details: AuditDetails = { action, score, used_at_ms: use.atMs, ...program }
  const kind = isServiceAccountId(owner) ? 'service_account' : 'account'
  return makeAudit(
    context,
    { ...facts, address: use.address },
    {
      type: 'risk.anomaly',
      actor: { kind, id: owner, credential: isApiKeyId(subject) ? subject : null },
      target: { kind: isApiKeyId(subject) ? 'api_key' : 'service_account', id: subject },
      details: { ...details, ...Object.fromEntries([...points, ...sentences]) },
    },
  )
}

function toSuspension(
  context: ProgramContext,
  id: ApiKeyId,
  facts: RequestFacts,
): NonNullable<ProgramDraft['suspension']> {
  const audit = makeAudit(context, facts, {
    type: 'api_key.suspended',
    actor: SYSTEM,
    target: { kind: 'api_key', id },
    details: { reason: 'risk' },
  })
  return { nowMs: facts.nowMs, entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs), audit }
}

/** The sentences are not in them: a thief chooses what a program calls itself. */
async function makeMails(
  context: ProgramContext,
  view: ProgramView,
  { last, isSuspended }: { readonly last: Telling | undefined; readonly isSuspended: boolean },
  facts: RequestFacts,
): Promise<readonly QueuedMail[]> {
  const kind = isSuspended ? 'api_key_suspended' : 'program_unusual'
  const seen = { ...facts, address: last?.use.address ?? null }
  const recipients = await context.store.readWatchers(view.owner)
  return recipients.flatMap((one) => makeNotice(context, kind, one, 'owner', seen, null, view.name))
}

function parseMemory(text: string | null): Memory {
  const stored: unknown = text === null ? null : JSON.parse(text)
  if (!isMemory(stored)) return { profile: EMPTY_MACHINE_PROFILE, toldAtMs: {}, mailedAtMs: NEVER_MS }
  return { ...stored, profile: toMachineProfile(stored.profile) }
}

const NEVER_MS = -TOLD_AGAIN_MS

const isMemory = (value: unknown): value is Memory =>
  typeof value === 'object' && value !== null && 'profile' in value && 'toldAtMs' in value
