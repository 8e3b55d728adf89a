/** Judgements and what is learned from them, with defaults that succeed. */
import type { Account, JudgedDraft, LearnedDraft, ProgramDraft } from '@countersign/core'
import { DAY, ENTRY_EXPIRES, makeEvent, makeId, NOW } from './given.ts'

export const makeJudged = (
  account: Pick<Account, 'id'>,
  over: Partial<JudgedDraft['attempt']> = {},
  anomaly: JudgedDraft['anomaly'] = null,
): JudgedDraft => ({
  attempt: {
    id: makeId('evt'),
    account: account.id,
    atMs: NOW,
    action: 'allow',
    grades: '{}',
    expiresAtMs: NOW + 60 * DAY,
    ...over,
  },
  anomaly,
})

export const makeLearned = (
  account: Pick<Account, 'id'>,
  over: Partial<LearnedDraft> = {},
): LearnedDraft => ({
  account: account.id,
  profile: '{"version":1}',
  signIns: 1,
  expiresAtMs: NOW + 280 * DAY,
  ...over,
})

export const makeRefusal = (account: Pick<Account, 'id'>, atMs: number = NOW): ReturnType<typeof makeEvent> =>
  makeEvent({ type: 'sign_in.refused', atMs, target: { kind: 'account', id: account.id } })

export const makeProgram = (
  subject: ProgramDraft['subject'],
  over: Partial<ProgramDraft> = {},
): ProgramDraft => ({
  subject,
  before: 0,
  uses: 1,
  memory: '{}',
  expiresAtMs: NOW + 280 * DAY,
  anomalies: [],
  mails: [],
  suspension: null,
  ...over,
})

export const suspensionNow = (): NonNullable<ProgramDraft['suspension']> => ({
  nowMs: NOW,
  entryExpiresAtMs: ENTRY_EXPIRES,
  audit: makeEvent({ type: 'api_key.suspended' }),
})
