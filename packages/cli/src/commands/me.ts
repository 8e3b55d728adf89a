/** One’s own account: seen, renamed, what happened lately, and everything as one document. */
import type { AccountDetailShape, ActivityShape } from '@countersign/protocol'
import { type Command, pageOptions } from '../command.ts'
import { connect } from '../connection.ts'
import { UsageError } from '../failures.ts'
import { readPage } from '../lists.ts'
import { type Column, showPage, showRecord, toList, toWhen } from '../show.ts'
import type { Terminal } from '../terminal.ts'

const notes = [
  'Call it with a session token or access token of your own in place of the API key: a key is not the person.',
]

const show: Command = {
  name: 'me show',
  summary: 'Show your own account',
  connects: true,
  notes,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    showOwn(terminal, await client.account())
    return 0
  },
}

function showOwn(terminal: Terminal, one: AccountDetailShape): void {
  showRecord(terminal, { account: one }, [
    ['id', one.id],
    ['address', one.email],
    ['verified', one.email_verified ? 'yes' : 'no'],
    ['name', one.name],
    ['roles', toList(one.roles)],
    ['created', toWhen(one.created_at)],
  ])
}

const rename: Command = {
  name: 'me rename',
  summary: 'Change your name, or take it away',
  positionals: [{ name: 'name', optional: true, help: 'What you are called from now on.' }],
  options: { none: { type: 'flag', help: 'Have no name.' } },
  connects: true,
  notes,
  run: async (input, terminal) => {
    const name = input.text('name') ?? null
    if ((name === null) !== input.flag('none'))
      throw new UsageError('Give a name, or say --none.', rename.name)
    const client = await connect(input, terminal)
    showOwn(terminal, await client.rename(name))
    return 0
  },
}

const email: Command = {
  name: 'me email',
  summary: 'Have a link sent to a new address, or to the one you have, to show that you read its mail',
  positionals: [{ name: 'address', optional: true, help: 'The new address.' }],
  options: { verify: { type: 'flag', help: 'Verify the address that you have.' } },
  connects: true,
  notes,
  run: async (input, terminal) => {
    const address = input.text('address')
    if ((address === undefined) !== input.flag('verify')) {
      throw new UsageError('Give an address, or say --verify.', email.name)
    }
    const client = await connect(input, terminal)
    const { status } = address === undefined ? await client.verifyEmail() : await client.changeEmail(address)
    showRecord(terminal, { status }, [['status', status === 'verified' ? 'verified already' : 'link sent']])
    return 0
  },
}

const activity: Command = {
  name: 'me activity',
  summary: 'List what you did and what was done to your account, the newest first',
  options: pageOptions,
  connects: true,
  notes,
  run: async (input, terminal) => {
    const page = readPage(input)
    const client = await connect(input, terminal)
    showPage(terminal, await client.activity(page), columns)
    return 0
  },
}

const columns: readonly Column<ActivityShape>[] = [
  { title: 'when', value: (one) => toWhen(one.at) },
  { title: 'what', value: (one) => one.type },
  { title: 'outcome', value: (one) => one.outcome },
  { title: 'by', value: (one) => one.by },
  { title: 'address', value: (one) => one.address },
  { title: 'session', value: (one) => one.session },
]

const exported: Command = {
  name: 'me export',
  summary: 'Print everything that is known about you, as JSON',
  connects: true,
  notes: [...notes, 'It wants a sign-in or step-up that is at most ten minutes old.'],
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    terminal.out(JSON.stringify(await client.exportData(), null, 2))
    return 0
  },
}

export const commands: readonly Command[] = [show, rename, email, activity, exported]
