/** What happened at an authority, and what somebody should look at. */
import type { OverviewPeriodShape, OverviewResponse } from '@countersign/protocol'
import type { Command } from '../command.ts'
import { connect } from '../connection.ts'
import { UsageError } from '../failures.ts'
import { type Row, renderRecord, showRecord } from '../show.ts'

const periods: readonly OverviewPeriodShape[] = ['day', 'week', 'month']

const overview: Command = {
  name: 'overview',
  summary: 'Show what happened, who follows the log, and what needs attention',
  options: { period: { type: 'text', value: 'period', help: 'day, week or month; a day by default.' } },
  connects: true,
  notes: ['Needs overview:read; who follows the log is shown with revocations:read.'],
  run: async (input, terminal) => {
    const wanted = input.text('period') ?? 'day'
    const period = periods.find((one) => one === wanted)
    if (period === undefined) throw new UsageError('--period is day, week or month.', overview.name)
    const client = await connect(input, terminal)
    const told = await client.overview.read(period)
    showRecord(terminal, told, rowsOf(told))
    if (!terminal.json && told.attention.administrators_without_factor.length > 0) {
      terminal.out('')
      terminal.out(renderRecord(terminal, administratorsOf(told)))
    }
    return 0
  },
}

export const commands: readonly Command[] = [overview]

const names: Readonly<Record<OverviewResponse['lines'][number]['name'], string>> = {
  sign_ins: 'sign-ins',
  refusals: 'refused tries',
  proofs: 'fresh proofs',
  exchanges: 'tokens for programs',
  revocations: 'revocations',
}

function rowsOf({ lines, attention }: OverviewResponse): readonly Row[] {
  const counted = lines.map(({ name, counts, cut }): Row => {
    const sum = counts.reduce((total, count) => total + count, 0)
    return [names[name], cut ? `more than ${sum}` : String(sum)]
  })
  return [
    ...counted,
    ['keys unused for 90 days', String(attention.keys_unused)],
    ['keys without an end', String(attention.keys_endless)],
    ['key secrets over a year old', String(attention.keys_old)],
    ['client secrets over a year old', String(attention.clients_old)],
    ['administrators without a second factor', String(attention.administrators_without_factor.length)],
    ['mail that waits', String(attention.mails_waiting)],
    ['mail that failed', String(attention.mails_failed)],
  ]
}

const administratorsOf = ({ attention }: OverviewResponse): readonly Row[] =>
  attention.administrators_without_factor.map(({ id, email }): Row => [id, email])
