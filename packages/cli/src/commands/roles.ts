/** Sets of permissions. */
import type { RoleShape } from '@countersign/protocol'
import type { Command, Option } from '../command.ts'
import { connect } from '../connection.ts'
import { UsageError } from '../failures.ts'
import { type Column, type Row, showPage, showRecord, toList, toWhen } from '../show.ts'
import type { Terminal } from '../terminal.ts'

const role = { name: 'role', help: 'The role’s name.' }
const permission: Option = {
  type: 'list',
  value: 'permission',
  help: 'A permission such as doors:open; doors:* for all of doors, * for everything.',
}

const list: Command = {
  name: 'roles list',
  summary: 'List roles',
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    showPage(terminal, await client.roles.list(), columns)
    return 0
  },
}

const columns: readonly Column<RoleShape>[] = [
  { title: 'role', value: (one) => one.id },
  { title: 'permissions', value: (one) => toList(one.permissions) },
  { title: 'built in', value: (one) => (one.built_in ? 'yes' : 'no') },
  { title: 'description', value: (one) => one.description },
]

function showRole(terminal: Terminal, one: RoleShape): void {
  const rows: Row[] = [
    ['role', one.id],
    ['description', one.description],
    ['permissions', toList(one.permissions)],
    ['built in', one.built_in ? 'yes' : 'no'],
    ['created', toWhen(one.created_at)],
  ]
  showRecord(terminal, { role: one }, rows)
}

const create: Command = {
  name: 'roles create',
  summary: 'Create a role',
  positionals: [role],
  options: {
    permission: { ...permission, required: true },
    description: { type: 'text', value: 'text', help: 'What it is for.' },
  },
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const made = await client.roles.create({
      id: input.required('role'),
      permissions: input.list('permission'),
      description: input.text('description'),
    })
    showRole(terminal, made)
    return 0
  },
}

const change: Command = {
  name: 'roles change',
  summary: 'Change a role; tokens made under it are made anew',
  positionals: [role],
  options: {
    permission: { ...permission, help: `${permission.help} Together they replace what it holds.` },
    description: { type: 'text', value: 'text', help: 'What it is for.' },
  },
  connects: true,
  run: async (input, terminal) => {
    const permissions = input.list('permission')
    const description = input.text('description')
    if (permissions.length === 0 && description === undefined) {
      throw new UsageError('There is nothing to change: give --permission or --description.', change.name)
    }
    const client = await connect(input, terminal)
    const changed = await client.roles.change(input.required('role'), {
      description,
      permissions: permissions.length === 0 ? undefined : permissions,
    })
    showRole(terminal, changed)
    return 0
  },
}

const end: Command = {
  name: 'roles end',
  summary: 'Take a role from all its holders and end it',
  positionals: [role],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    await client.roles.end(input.required('role'))
    showRecord(terminal, { ended: input.required('role') }, [['ended', input.required('role')]])
    return 0
  },
}

export const commands: readonly Command[] = [list, create, change, end]
