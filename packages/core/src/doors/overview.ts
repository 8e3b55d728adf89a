/** The overview of an authority: what happened, part by part of a time, and what somebody should look at. */
import type { Context } from '../context.ts'
import type { Attention } from '../overview-port.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Where a credential has long not been used, and where a secret is old. */
const UNUSED_MS = 90 * DAY_MS
const OLD_MS = 365 * DAY_MS
const MAILS_MS = 7 * DAY_MS

export const overviewPeriods = ['day', 'week', 'month'] as const
export type OverviewPeriod = (typeof overviewPeriods)[number]

/** In how many parts, and how long each is. */
const PARTS: Readonly<Record<OverviewPeriod, { readonly count: number; readonly partMs: number }>> = {
  day: { count: 24, partMs: HOUR_MS },
  week: { count: 28, partMs: 6 * HOUR_MS },
  month: { count: 30, partMs: DAY_MS },
}

/** Each line of the picture, and the events that it is made of. */
const LINES = {
  sign_ins: ['session.opened'],
  refusals: ['sign_in.refused', 'factor.refused'],
  proofs: ['session.stepped_up'],
  exchanges: ['api_key.exchanged', 'access_token.exchanged', 'client.token_issued'],
  revocations: ['revocation.committed'],
} as const
export type OverviewLine = keyof typeof LINES
export const overviewLines: readonly OverviewLine[] = [
  'sign_ins',
  'refusals',
  'proofs',
  'exchanges',
  'revocations',
]

export interface Overview {
  readonly fromMs: number
  readonly partMs: number
  readonly lines: readonly {
    readonly name: OverviewLine
    /** The oldest part first; the last one is not over yet. */
    readonly counts: readonly number[]
    readonly isCut: boolean
  }[]
  readonly attention: Attention
}

export async function readOverview(
  { store }: Pick<Context, 'store'>,
  period: OverviewPeriod,
  nowMs: number,
): Promise<Overview> {
  const { count, partMs } = PARTS[period]
  // Parts begin at whole hours, so that the same part has the same number whenever one looks.
  const fromMs = (Math.floor(nowMs / partMs) - count + 1) * partMs
  const attention = await store.readAttention({
    nowMs,
    unusedSinceMs: nowMs - UNUSED_MS,
    oldSinceMs: nowMs - OLD_MS,
    mailsSinceMs: nowMs - MAILS_MS,
  })
  const lines = await Promise.all(
    overviewLines.map(async (name) => {
      const all = await Promise.all(
        LINES[name].map((type) => store.countEvents({ type, sinceMs: fromMs, partMs })),
      )
      const counts: number[] = Array.from({ length: count }, () => 0)
      for (const one of all.flatMap((counted) => counted.counts)) {
        const index = Math.round((one.atMs - fromMs) / partMs)
        if (index >= 0 && index < count) counts[index] = (counts[index] ?? 0) + one.count
      }
      return { name, counts, isCut: all.some(({ isCut }) => isCut) }
    }),
  )
  return { fromMs, partMs, lines, attention }
}
