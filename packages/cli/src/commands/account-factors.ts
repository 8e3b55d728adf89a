/** The second factors of others: seen, removed when they were lost, opened again when guessing has closed them. */
import type { FactorShape } from '@countersign/protocol'
import type { Command } from '../command.ts'
import { connect } from '../connection.ts'
import { UsageError } from '../failures.ts'
import { type Column, showPage, showRecord, toWhen } from '../show.ts'
import { find } from './accounts.ts'

const factors: Command = {
  name: 'accounts factors',
  summary: 'List the second factors of an account, remove one, or open them again',
  positionals: [{ name: 'account', help: 'An account’s id or its address.' }],
  options: {
    remove: { type: 'text', value: 'factor', help: 'Remove this one, which its owner has lost.' },
    reopen: { type: 'flag', help: 'Open again what was closed after too many wrong codes.' },
  },
  connects: true,
  notes: [
    'Removing a factor takes the person’s word for who they are: ask for as much proof as when it was enrolled.',
  ],
  run: async (input, terminal) => {
    const removed = input.text('remove')
    if (removed !== undefined && input.flag('reopen')) {
      throw new UsageError('Say --remove or --reopen, not both.', factors.name)
    }
    const client = await connect(input, terminal)
    const { id } = await find(client, input.required('account'))
    if (removed !== undefined) {
      await client.accountFactors.remove(id, removed)
      showRecord(terminal, { removed }, [['removed', removed]])
      return 0
    }
    if (input.flag('reopen')) {
      await client.accountFactors.reopen(id)
      showRecord(terminal, { reopened: id }, [['reopened', id]])
      return 0
    }
    const page = await client.accountFactors.list(id)
    showPage(terminal, page, columns)
    if (!terminal.json && page.closed.length > 0) {
      terminal.err(`Closed after too many wrong codes: ${page.closed.join(', ')}. Open again with --reopen.`)
    }
    return 0
  },
}

const columns: readonly Column<FactorShape>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'kind', value: (one) => one.kind },
  { title: 'name', value: (one) => one.name },
  { title: 'created', value: (one) => toWhen(one.created_at) },
  { title: 'last used', value: (one) => toWhen(one.last_used_at) },
]

export const commands: readonly Command[] = [factors]
