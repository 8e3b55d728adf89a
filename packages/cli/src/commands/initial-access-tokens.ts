/** Tokens that clients may register themselves with, where the server asks for one (RFC 7591 §1.2). */
import type { InitialAccessTokenShape } from '@countersign/protocol'
import { type Command, pageOptions } from '../command.ts'
import { connect } from '../connection.ts'
import { readDuration } from '../durations.ts'
import { UsageError } from '../failures.ts'
import type { Input } from '../input.ts'
import { readPage } from '../lists.ts'
import { type Column, type Row, showPage, showRecord, toWhen } from '../show.ts'

const list: Command = {
  name: 'initial-access-tokens list',
  summary: 'List the tokens that clients may register themselves with, the newest first',
  options: pageOptions,
  connects: true,
  run: async (input, terminal) => {
    const page = readPage(input)
    const client = await connect(input, terminal)
    showPage(terminal, await client.initialAccessTokens.list(page), columns)
    return 0
  },
}

const usesOf = (one: InitialAccessTokenShape): string => `${one.uses} of ${one.uses_max}`

const columns: readonly Column<InitialAccessTokenShape>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'name', value: (one) => one.name },
  { title: 'used', value: usesOf },
  { title: 'made by', value: (one) => one.created_by },
  { title: 'expires', value: (one) => toWhen(one.expires_at) },
  { title: 'last used', value: (one) => toWhen(one.last_used_at) },
]

const create: Command = {
  name: 'initial-access-tokens create',
  summary: 'Make a token that lets clients register themselves, and show it, this once',
  options: {
    name: { type: 'text', value: 'name', required: true, help: 'What it is called for people.' },
    uses: { type: 'text', value: 'number', help: 'How many clients may register with it; 1 by default.' },
    'expires-in': {
      type: 'text',
      value: 'time',
      help: 'How long it works, such as 2h; a day by default, 30 days at most.',
    },
  },
  connects: true,
  run: async (input, terminal) => {
    const expiresInSeconds = readDuration(input, 'expires-in', create.name)
    const request = { name: input.required('name'), usesMax: readUses(input), expiresInSeconds }
    const client = await connect(input, terminal)
    const made = await client.initialAccessTokens.create(request)
    const { initial_access_token: one } = made
    const secret = made.secret.reveal()
    const rows: Row[] = [
      ['id', one.id],
      ['name', one.name],
      ['used', usesOf(one)],
      ['expires', toWhen(one.expires_at)],
      ['secret', secret],
    ]
    showRecord(terminal, { initial_access_token: one, secret }, rows)
    if (terminal.isTty) terminal.err('The secret is not shown again.')
    return 0
  },
}

function readUses(input: Input): number | undefined {
  const text = input.text('uses')
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError('--uses is a whole number from 1.', create.name)
  return Number(text)
}

const end: Command = {
  name: 'initial-access-tokens end',
  summary: 'Take such a token back; clients that have registered with it stay',
  positionals: [{ name: 'id', help: 'The token’s id.' }],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const id = input.required('id')
    await client.initialAccessTokens.end(id)
    showRecord(terminal, { ended: id }, [['ended', id]])
    return 0
  },
}

export const commands: readonly Command[] = [list, create, end]
