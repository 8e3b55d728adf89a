/** Sign-ins: one's own with a session or access token; anybody's, by id, for those who may revoke. */
import type { SessionDetailShape } from '@countersign/protocol'
import type { Command } from '../command.ts'
import { connect } from '../connection.ts'
import { UsageError } from '../failures.ts'
import { type Column, showPage, showRecord, toList, toWhen } from '../show.ts'

const list: Command = {
  name: 'sessions list',
  summary: 'List where you are signed in',
  connects: true,
  notes: [
    'Call it with a session token or access token of your own in place of the API key: keys have no sessions.',
  ],
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    showPage(terminal, await client.sessions.list(), columns)
    return 0
  },
}

const columns: readonly Column<SessionDetailShape>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'device', value: (one) => one.device },
  { title: 'address', value: (one) => one.last_address ?? one.address },
  { title: 'signed in', value: (one) => toWhen(one.created_at) },
  { title: 'by', value: (one) => toList(one.signed_in_by) },
  { title: 'last seen', value: (one) => toWhen(one.last_seen_at) },
  { title: 'this one', value: (one) => (one.current ? 'yes' : null) },
]

const end: Command = {
  name: 'sessions end',
  summary: 'End a session with everything under it, or all of yours but this one',
  positionals: [{ name: 'id', optional: true, help: 'The session’s id.' }],
  options: { others: { type: 'flag', help: 'End all your sessions but the one you call with.' } },
  connects: true,
  run: async (input, terminal) => {
    const id = input.text('id')
    if ((id === undefined) !== input.flag('others')) {
      throw new UsageError('Name one session, or say --others.', end.name)
    }
    const client = await connect(input, terminal)
    if (id === undefined) {
      const { ended } = await client.sessions.endOthers()
      showRecord(terminal, { ended }, [['ended', String(ended)]])
      return 0
    }
    // One way for owners and administrators: who may do it is the authority's decision.
    await client.revoke({ target: { kind: 'session', id } })
    showRecord(terminal, { ended: id }, [['ended', id]])
    return 0
  },
}

export const commands: readonly Command[] = [list, end]
