/** Programs that call APIs under their own name. */
import type { ServiceAccountShape } from '@countersign/protocol'
import { type Command, pageOptions } from '../command.ts'
import { connect } from '../connection.ts'
import { UsageError } from '../failures.ts'
import { readPage, readRoles, rolesOptions } from '../lists.ts'
import { type Column, type Row, showPage, showRecord, toList, toWhen } from '../show.ts'
import type { Terminal } from '../terminal.ts'

const id = { name: 'id', help: 'The service account’s id.' }

const list: Command = {
  name: 'service-accounts list',
  summary: 'List service accounts, the newest first',
  options: pageOptions,
  connects: true,
  run: async (input, terminal) => {
    const page = readPage(input)
    const client = await connect(input, terminal)
    showPage(terminal, await client.serviceAccounts.list(page), columns)
    return 0
  },
}

const columns: readonly Column<ServiceAccountShape>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'name', value: (one) => one.name },
  { title: 'roles', value: (one) => toList(one.roles) },
  { title: 'audiences', value: (one) => toList(one.audiences) },
  { title: 'state', value: (one) => (one.disabled_at === null ? 'active' : 'disabled') },
  { title: 'created', value: (one) => toWhen(one.created_at) },
]

const show: Command = {
  name: 'service-accounts show',
  summary: 'Show one service account',
  positionals: [id],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    showOne(terminal, await client.serviceAccounts.read(input.required('id')))
    return 0
  },
}

function showOne(terminal: Terminal, one: ServiceAccountShape): void {
  const rows: Row[] = [
    ['id', one.id],
    ['name', one.name],
    ['roles', toList(one.roles)],
    ['audiences', toList(one.audiences)],
    ['created', toWhen(one.created_at)],
    ['disabled', toWhen(one.disabled_at)],
  ]
  showRecord(terminal, { service_account: one }, rows)
}

const create: Command = {
  name: 'service-accounts create',
  summary: 'Create a service account',
  options: {
    name: { type: 'text', value: 'name', required: true, help: 'What the program is called.' },
    role: { type: 'list', value: 'role', help: 'A role.' },
    audience: { type: 'list', value: 'audience', help: 'An API that it may ask about credentials for.' },
  },
  connects: true,
  notes: ['Its keys are made with: countersign keys create --service-account <id> …'],
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const made = await client.serviceAccounts.create({
      name: input.required('name'),
      roles: input.list('role'),
      audiences: input.list('audience'),
    })
    showOne(terminal, made)
    return 0
  },
}

const change: Command = {
  name: 'service-accounts change',
  summary: 'Change what a service account is called, and what it may ask about',
  positionals: [id],
  options: {
    name: { type: 'text', value: 'name', help: 'What the program is called.' },
    audience: {
      type: 'list',
      value: 'audience',
      help: 'An API that it may ask about credentials for. Together they replace what it has.',
    },
    clear: { type: 'list', value: 'option', help: 'Takes away what was set by that option: audience.' },
  },
  connects: true,
  notes: ['Its roles are set by: countersign service-accounts roles <id> <role>…'],
  run: async (input, terminal) => {
    const audiences = input.list('audience')
    const cleared = input.list('clear')
    if (cleared.some((one) => one !== 'audience') || (cleared.length > 0 && audiences.length > 0)) {
      throw new UsageError('--clear is audience, and goes without --audience.', change.name)
    }
    const name = input.text('name')
    const wanted = {
      ...(name !== undefined && { name }),
      ...((audiences.length > 0 || cleared.length > 0) && { audiences }),
    }
    if (Object.keys(wanted).length === 0) {
      throw new UsageError('There is nothing to change: give --name, --audience or --clear.', change.name)
    }
    const client = await connect(input, terminal)
    showOne(terminal, await client.serviceAccounts.change(input.required('id'), wanted))
    return 0
  },
}

const setDisabled = (verb: 'disable' | 'enable', summary: string): Command => ({
  name: `service-accounts ${verb}`,
  summary,
  positionals: [id],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const change = { disabled: verb === 'disable' }
    showOne(terminal, await client.serviceAccounts.change(input.required('id'), change))
    return 0
  },
})

const end: Command = {
  name: 'service-accounts end',
  summary: 'End a service account with all its keys, for good',
  positionals: [id],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    await client.serviceAccounts.end(input.required('id'))
    showRecord(terminal, { ended: input.required('id') }, [['ended', input.required('id')]])
    return 0
  },
}

const roles: Command = {
  name: 'service-accounts roles',
  summary: 'Show the roles of a service account, or set them',
  positionals: [
    id,
    { name: 'role', optional: true, many: true, help: 'All roles it is to have from now on.' },
  ],
  options: rolesOptions,
  connects: true,
  run: async (input, terminal) => {
    const wanted = readRoles(input, roles.name)
    const client = await connect(input, terminal)
    const { read, change } = client.serviceAccounts
    const found =
      wanted === null ? read(input.required('id')) : change(input.required('id'), { roles: wanted })
    showOne(terminal, await found)
    return 0
  },
}

export const commands: readonly Command[] = [
  list,
  show,
  create,
  change,
  setDisabled('disable', 'Disable a service account, which stops all its keys'),
  setDisabled('enable', 'Let a disabled service account work again'),
  end,
  roles,
]
