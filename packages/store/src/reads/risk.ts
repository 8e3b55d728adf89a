/** Reading profiles, earlier judgements and the risk policy. */
import type { JudgedAttempt, RiskAction, TriedFrom } from '@countersign/core'
import {
  type AccountId,
  type AuditEventId,
  ID_RANDOM_BYTES,
  isAccountId,
  isAuditEventId,
  toId,
} from '@countersign/protocol'
import { integer, narrowed, oneOf, text } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { all, one, type Row, type Script } from '../script.ts'
import { countOthers } from '../statements/networks.ts'
import * as sql from '../statements/risk.ts'

const FAILURES_MAX = 100
/** More are no stronger sign. */
const NETWORK_ACCOUNTS_MAX = 64
const actions = ['allow', 'notify', 'step_up', 'block'] as const satisfies readonly RiskAction[]

/** Asked for nobody as well: the number of statements must not tell which addresses are known. */
export function* readRisk(
  account: AccountId | null,
  sinceMs: number,
  from: TriedFrom | null = null,
): Script<AnswerOf<'readRisk'>> {
  const policy = yield* one(sql.selectPolicy)
  const profile = yield* one(sql.selectProfile, account ?? '')
  const counted = yield* one(sql.countFailures, account ?? '', firstId(sinceMs), sinceMs, FAILURES_MAX)
  const { network = '', subject = '', nowMs = 0 } = from ?? {}
  const others = yield* one(countOthers, network, subject, nowMs, NETWORK_ACCOUNTS_MAX)
  return {
    policy: policy === null ? null : text(policy, 'policy'),
    profile: profile === null ? null : text(profile, 'profile'),
    failures: counted === null ? 0 : integer(counted, 'failures'),
    networkAccounts: others === null ? 0 : integer(others, 'others'),
  }
}

export function* readRiskPolicy(): Script<AnswerOf<'readRiskPolicy'>> {
  const row = yield* one(sql.selectPolicy)
  return row === null ? null : { policy: text(row, 'policy'), changedAtMs: integer(row, 'changed_at') }
}

export function* listJudged(
  sinceMs: number,
  after: AuditEventId | null,
  limit: number,
): Script<readonly JudgedAttempt[]> {
  return (yield* all(sql.listJudged, after ?? firstId(sinceMs), sinceMs, limit)).map(toJudged)
}

/** The clocks of two nodes never differ by a minute. */
const ID_SLACK_MS = 60_000
const firstId = (sinceMs: number): string =>
  toId('evt', Math.max(0, sinceMs - ID_SLACK_MS), new Uint8Array(ID_RANDOM_BYTES))

function toJudged(row: Row): JudgedAttempt {
  return {
    id: narrowed(row, 'id', isAuditEventId),
    account: narrowed(row, 'account_id', isAccountId),
    atMs: integer(row, 'at'),
    action: narrowed(row, 'action', oneOf(actions)),
    grades: text(row, 'grades'),
    expiresAtMs: integer(row, 'expires_at'),
  }
}
