/** What one has allowed apps to do, with a session token of one's own. */
import type { ConsentShape } from '@countersign/protocol'
import type { Command } from '../command.ts'
import { connect } from '../connection.ts'
import { type Column, showPage, showRecord, toList, toWhen } from '../show.ts'

const list: Command = {
  name: 'consents list',
  summary: 'List what you have allowed apps to do',
  connects: true,
  notes: ['Call it with a session token or access token of your own in place of the API key.'],
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    showPage(terminal, await client.consents.list(), columns)
    return 0
  },
}

const columns: readonly Column<ConsentShape>[] = [
  { title: 'client', value: (one) => one.client.id },
  { title: 'name', value: (one) => one.client.name },
  { title: 'scopes', value: (one) => toList(one.scopes) },
  { title: 'since', value: (one) => toWhen(one.created_at) },
]

const end: Command = {
  name: 'consents end',
  summary: 'Take back what you have allowed an app, with everything that it was given',
  positionals: [{ name: 'client', help: 'The app’s client id.' }],
  connects: true,
  run: async (input, terminal) => {
    const id = input.required('client')
    const client = await connect(input, terminal)
    await client.consents.end(id)
    showRecord(terminal, { ended: id }, [['ended', id]])
    return 0
  },
}

export const commands: readonly Command[] = [list, end]
