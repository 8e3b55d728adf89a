/** Asking people in by mail, as administrators do. */
import type { InvitationShape } from '@countersign/protocol'
import { type Command, pageOptions } from '../command.ts'
import { connect } from '../connection.ts'
import { readDuration } from '../durations.ts'
import { readPage } from '../lists.ts'
import { type Column, showPage, showRecord, toList, toWhen } from '../show.ts'
import type { Terminal } from '../terminal.ts'

const invitation = { name: 'invitation', help: 'The invitation’s id.' }
const expiresIn = {
  type: 'text',
  value: 'time',
  help: 'How long the link works, such as 2d; a week by default, 30 days at most.',
} as const

const list: Command = {
  name: 'invitations list',
  summary: 'List invitations that nobody has accepted, the newest first',
  options: pageOptions,
  connects: true,
  run: async (input, terminal) => {
    const page = readPage(input)
    const client = await connect(input, terminal)
    const found = await client.invitations.list(page)
    showPage(terminal, found, columns)
    if (!terminal.json) terminal.err(`You may send ${found.left} more.`)
    return 0
  },
}

const columns: readonly Column<InvitationShape>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'address', value: (one) => one.email },
  { title: 'roles', value: (one) => toList(one.roles) },
  { title: 'invited by', value: (one) => one.invited_by },
  { title: 'expires', value: (one) => toWhen(one.expires_at) },
]

const send: Command = {
  name: 'invitations send',
  summary: 'Invite somebody: a link in a mail makes an account with these roles',
  positionals: [{ name: 'address', help: 'Where the link is sent; the account has this address.' }],
  options: {
    role: { type: 'list', value: 'role', help: 'A role that you may give; member by default.' },
    'expires-in': expiresIn,
  },
  connects: true,
  notes: [
    'What the roles allow is compared with what you may do when the invitation is accepted: if you have lost a right by then, its link makes no account.',
  ],
  run: async (input, terminal) => {
    const expiresInSeconds = readDuration(input, 'expires-in', send.name)
    const roles = input.list('role')
    const client = await connect(input, terminal)
    const email = input.required('address')
    const sent = { email, roles: roles.length === 0 ? undefined : roles, expiresInSeconds }
    show(terminal, await client.invitations.send(sent))
    return 0
  },
}

const resend: Command = {
  name: 'invitations resend',
  summary: 'Send another link, in place of the one before',
  positionals: [invitation],
  options: { 'expires-in': expiresIn },
  connects: true,
  run: async (input, terminal) => {
    const expiresInSeconds = readDuration(input, 'expires-in', resend.name)
    const client = await connect(input, terminal)
    show(terminal, await client.invitations.resend(input.required('invitation'), expiresInSeconds))
    return 0
  },
}

const revoke: Command = {
  name: 'invitations revoke',
  summary: 'Take an invitation back: its link ends',
  positionals: [invitation],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const id = input.required('invitation')
    await client.invitations.revoke(id)
    showRecord(terminal, { revoked: id }, [['revoked', id]])
    return 0
  },
}

function show(terminal: Terminal, one: InvitationShape): void {
  showRecord(terminal, { invitation: one }, [
    ['id', one.id],
    ['address', one.email],
    ['roles', toList(one.roles)],
    ['invited by', one.invited_by],
    ['sent', toWhen(one.created_at)],
    ['expires', toWhen(one.expires_at)],
  ])
}

export const commands: readonly Command[] = [list, send, resend, revoke]
