/** People, as administrators see them. */
import type { Client } from '@countersign/client'
import type { AccountDetailShape } from '@countersign/protocol'
import { type Command, pageOptions } from '../command.ts'
import { connect } from '../connection.ts'
import { Failure, UsageError } from '../failures.ts'
import { readPage, readRoles, rolesOptions } from '../lists.ts'
import { readSecret } from '../secret-input.ts'
import { type Column, type Row, showPage, showRecord, toList, toWhen } from '../show.ts'
import type { Terminal } from '../terminal.ts'
import { refuseTwoSecrets } from '../two-secrets.ts'

const account = { name: 'account', help: 'An account’s id or its address.' }

const list: Command = {
  name: 'accounts list',
  summary: 'List accounts, the newest first',
  options: pageOptions,
  connects: true,
  run: async (input, terminal) => {
    const page = readPage(input)
    const client = await connect(input, terminal)
    showPage(terminal, await client.accounts.list(page), columns)
    return 0
  },
}

const columns: readonly Column<AccountDetailShape>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'address', value: (one) => one.email },
  { title: 'name', value: (one) => one.name },
  { title: 'roles', value: (one) => toList(one.roles) },
  { title: 'state', value: (one) => (one.disabled_at === null ? 'active' : 'disabled') },
  { title: 'created', value: (one) => toWhen(one.created_at) },
]

const show: Command = {
  name: 'accounts show',
  summary: 'Show one account',
  positionals: [account],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    showAccount(terminal, await find(client, input.required('account')))
    return 0
  },
}

function showAccount(terminal: Terminal, one: AccountDetailShape): void {
  const rows: Row[] = [
    ['id', one.id],
    ['address', one.email],
    ['verified', one.email_verified ? 'yes' : 'no'],
    ['name', one.name],
    ['roles', toList(one.roles)],
    ['created', toWhen(one.created_at)],
    ['disabled', toWhen(one.disabled_at)],
    ['password change required', toWhen(one.password_change_required_at)],
  ]
  showRecord(terminal, { account: one }, rows)
}

/** People are known by their addresses; the authority by ids. */
export async function find(client: Client, idOrAddress: string): Promise<AccountDetailShape> {
  if (!idOrAddress.includes('@')) return client.accounts.read(idOrAddress)
  const { items } = await client.accounts.list({ email: idOrAddress, limit: 1 })
  const [found] = items
  if (found === undefined) throw new Failure('There is no account with that address.')
  return found
}

const create: Command = {
  name: 'accounts create',
  summary: 'Create an account with a first password',
  options: {
    email: { type: 'text', value: 'address', required: true, help: 'The address to sign in with.' },
    'password-stdin': { type: 'flag', required: true, help: 'Read the password from standard input.' },
    name: { type: 'text', value: 'name', help: 'What the person is called.' },
    role: { type: 'list', value: 'role', help: 'A role; member by default.' },
    'keep-password': { type: 'flag', help: 'Let it be kept; otherwise the first sign-in has to change it.' },
  },
  connects: true,
  run: async (input, terminal) => {
    refuseTwoSecrets(input, create.name, 'password-stdin', 'key-stdin')
    const client = await connect(input, terminal)
    const roles = input.list('role')
    const made = await client.accounts.create({
      email: input.required('email'),
      password: await readSecret(terminal, 'password'),
      name: input.text('name'),
      roles: roles.length === 0 ? undefined : roles,
      requirePasswordChange: !input.flag('keep-password'),
    })
    showAccount(terminal, made)
    return 0
  },
}

const setDisabled = (verb: 'disable' | 'enable', summary: string): Command => ({
  name: `accounts ${verb}`,
  summary,
  positionals: [account],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const { id } = await find(client, input.required('account'))
    showAccount(terminal, await client.accounts.change(id, { disabled: verb === 'disable' }))
    return 0
  },
})

const resetPassword: Command = {
  name: 'accounts reset-password',
  summary: 'Have a link sent to the owner of an account, who sets a new password with it',
  positionals: [account],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const { id, email } = await find(client, input.required('account'))
    await client.startPasswordReset(id)
    showRecord(terminal, { sent_to: email }, [['link sent to', email]])
    return 0
  },
}

const requireChange: Command = {
  name: 'accounts require-password-change',
  summary: 'Have a person choose another password, and end their sessions',
  positionals: [account],
  options: {
    'keep-sessions': { type: 'flag', help: 'Let them go on until they end by themselves.' },
  },
  connects: true,
  notes: ['API keys of the account stay; revoke the account to end them, too.'],
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const { id } = await find(client, input.required('account'))
    const { ended } = await client.accounts.requirePasswordChange(id, input.flag('keep-sessions'))
    showRecord(terminal, { account: id, ended_sessions: ended }, [
      ['account', id],
      ['ended sessions', String(ended)],
    ])
    return 0
  },
}

const email: Command = {
  name: 'accounts email',
  summary: 'Change the address of an account, or have its owner show that they read its mail',
  positionals: [account, { name: 'address', optional: true, help: 'The new address; both are told.' }],
  options: { verify: { type: 'flag', help: 'Send a link to the address, in place of changing it.' } },
  connects: true,
  run: async (input, terminal) => {
    const address = input.text('address')
    if ((address === undefined) !== input.flag('verify')) {
      throw new UsageError('Give an address, or say --verify.', email.name)
    }
    const client = await connect(input, terminal)
    const { id } = await find(client, input.required('account'))
    if (address !== undefined) {
      showAccount(terminal, await client.accounts.change(id, { email: address }))
      return 0
    }
    const { status } = await client.accounts.verifyEmail(id)
    showRecord(terminal, { status }, [['status', status === 'verified' ? 'verified already' : 'link sent']])
    return 0
  },
}

const notMe: Command = {
  name: 'accounts not-me',
  summary: 'End a session that is not its owner’s, with all that came of it, and the password',
  positionals: [account, { name: 'session', help: 'The session’s id.' }],
  connects: true,
  notes: [
    'The owner is sent a link that sets a new password; without mail the next sign-in has to choose one.',
  ],
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const { id } = await find(client, input.required('account'))
    const { ended, next } = await client.accounts.notMe(id, input.required('session'))
    showRecord(terminal, { ended, next }, [
      ['ended sessions', String(ended.sessions)],
      ['ended grants', String(ended.grants)],
      ['ended API keys', String(ended.api_keys)],
      ['next', next === 'check_mail' ? 'a link was sent to the owner' : 'another password at the sign-in'],
    ])
    return 0
  },
}

const end: Command = {
  name: 'accounts end',
  summary: 'Erase a person and end everything issued to them, for good',
  positionals: [account],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const { id } = await find(client, input.required('account'))
    await client.accounts.end(id)
    showRecord(terminal, { ended: id }, [['ended', id]])
    return 0
  },
}

const roles: Command = {
  name: 'accounts roles',
  summary: 'Show the roles of an account, or set them',
  positionals: [
    account,
    { name: 'role', optional: true, many: true, help: 'All roles it is to have from now on.' },
  ],
  options: rolesOptions,
  connects: true,
  run: async (input, terminal) => {
    const wanted = readRoles(input, roles.name)
    const client = await connect(input, terminal)
    const found = await find(client, input.required('account'))
    showAccount(terminal, wanted === null ? found : await client.accounts.change(found.id, { roles: wanted }))
    return 0
  },
}

export const commands: readonly Command[] = [
  list,
  show,
  create,
  setDisabled('disable', 'Disable an account, which ends everything issued to it'),
  setDisabled('enable', 'Let a disabled account sign in again'),
  resetPassword,
  requireChange,
  email,
  notMe,
  end,
  roles,
]
