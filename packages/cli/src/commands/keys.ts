/** API keys. */
import type { ApiKeyWithSecret } from '@countersign/client'
import type { ApiKeyShape, RateLimitShape } from '@countersign/protocol'
import { type Command, type ExitCode, pageOptions } from '../command.ts'
import { connect } from '../connection.ts'
import { overlapOption, readDuration } from '../durations.ts'
import { UsageError } from '../failures.ts'
import type { Input } from '../input.ts'
import { readPage } from '../lists.ts'
import { type Column, type Row, showPage, showRecord, toList, toWhen } from '../show.ts'
import type { Terminal } from '../terminal.ts'

const id = { name: 'id', help: 'The key’s id; never the key itself.' }

const list: Command = {
  name: 'keys list',
  summary: 'List live API keys, the newest first',
  options: {
    owner: { type: 'text', value: 'id', help: 'Whose keys: a principal’s id, or all; your own by default.' },
    ...pageOptions,
  },
  connects: true,
  run: async (input, terminal) => {
    const query = { ...readPage(input), owner: input.text('owner') }
    const client = await connect(input, terminal)
    showPage(terminal, await client.apiKeys.list(query), columns)
    return 0
  },
}

const columns: readonly Column<ApiKeyShape>[] = [
  { title: 'id', value: (key) => key.id },
  { title: 'name', value: (key) => key.name },
  { title: 'owner', value: (key) => key.owner.id },
  { title: 'permissions', value: (key) => toList(key.permissions) },
  { title: 'last used', value: (key) => toWhen(key.last_used_at) },
  { title: 'expires', value: (key) => toWhen(key.expires_at) },
]

const show: Command = {
  name: 'keys show',
  summary: 'Show one API key, without its secret',
  positionals: [id],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const key = await client.apiKeys.read(input.required('id'))
    showRecord(terminal, { api_key: key }, rowsOf(key))
    return 0
  },
}

function rowsOf(key: ApiKeyShape): Row[] {
  const limit = key.rate_limit
  return [
    ['id', key.id],
    ['name', key.name],
    ['begins with', key.prefix],
    ['owner', key.owner.id],
    ['permissions', toList(key.permissions)],
    ['resources', toList(key.resources)],
    ['audiences', toList(key.audiences)],
    ['addresses', toList(key.allow_addresses)],
    ['rate limit', limit === null ? null : `${limit.requests} in ${limit.per_seconds} s`],
    ['created', toWhen(key.created_at)],
    ['expires', toWhen(key.expires_at)],
    ['last used', toWhen(key.last_used_at)],
    ['overlap ends', toWhen(key.overlap_ends_at)],
    ['suspended', toWhen(key.suspended_at)],
  ]
}

const create: Command = {
  name: 'keys create',
  summary: 'Create an API key; its secret is shown this once',
  options: {
    name: { type: 'text', value: 'name', required: true, help: 'What it is for.' },
    permission: {
      type: 'list',
      value: 'permission',
      help: 'A permission such as doors:open; none by default.',
    },
    'service-account': { type: 'text', value: 'id', help: 'Whose key it is; your own by default.' },
    'expires-in': { type: 'text', value: 'time', help: 'When it ends, such as 90d; never by default.' },
    audience: { type: 'list', value: 'audience', help: 'An API that may accept it.' },
    resource: { type: 'list', value: 'resource', help: 'A resource that it is good for.' },
    'allow-address': {
      type: 'list',
      value: 'address',
      help: 'An address or range that it may be used from.',
    },
    'rate-limit': { type: 'text', value: 'n/seconds', help: 'How often it may be used, such as 100/60.' },
  },
  connects: true,
  run: async (input, terminal) => {
    const request = {
      name: input.required('name'),
      permissions: [...input.list('permission')],
      service_account_id: input.text('service-account'),
      expires_in: readDuration(input, 'expires-in', create.name),
      audiences: [...input.list('audience')],
      resources: [...input.list('resource')],
      allow_addresses: [...input.list('allow-address')],
      rate_limit: readRateLimit(input),
    }
    const client = await connect(input, terminal)
    showSecret(terminal, await client.apiKeys.create(request))
    return 0
  },
}

function readRateLimit(input: Input): RateLimitShape | undefined {
  const text = input.text('rate-limit')
  if (text === undefined) return undefined
  const [, requests, seconds] = /^(\d{1,7})\/(\d{1,5})$/.exec(text) ?? []
  if (requests === undefined || seconds === undefined) {
    throw new UsageError('--rate-limit is <requests>/<seconds>, such as 100/60.', create.name)
  }
  return { requests: Number(requests), per_seconds: Number(seconds) }
}

function showSecret(terminal: Terminal, made: ApiKeyWithSecret): void {
  const secret = made.secret.reveal()
  showRecord(terminal, { api_key: made.api_key, secret }, [...rowsOf(made.api_key), ['secret', secret]])
  if (terminal.isTty) terminal.err('The secret is not shown again.')
}

const rotate: Command = {
  name: 'keys rotate',
  summary: 'Give a key a new secret; the old one works until the overlap ends',
  positionals: [id],
  options: { overlap: overlapOption },
  connects: true,
  run: async (input, terminal) => {
    const overlap = readDuration(input, 'overlap', rotate.name)
    const client = await connect(input, terminal)
    showSecret(terminal, await client.apiKeys.rotate(input.required('id'), overlap))
    return 0
  },
}

const end: Command = {
  name: 'keys end',
  summary: 'End a key and every token made from it',
  positionals: [id],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    await client.apiKeys.end(input.required('id'))
    showRecord(terminal, { ended: input.required('id') }, [['ended', input.required('id')]])
    return 0
  },
}

const suspend: Command = {
  name: 'keys suspend',
  summary: 'Refuse a key until it is resumed, and every token made from it',
  positionals: [id],
  connects: true,
  run: (input, terminal) => setSuspended(input, terminal, true),
}

const resume: Command = {
  name: 'keys resume',
  summary: 'Let a suspended key work again',
  positionals: [id],
  connects: true,
  run: (input, terminal) => setSuspended(input, terminal, false),
}

async function setSuspended(input: Input, terminal: Terminal, suspended: boolean): Promise<ExitCode> {
  const client = await connect(input, terminal)
  const key = await client.apiKeys.change(input.required('id'), { suspended })
  showRecord(terminal, key, rowsOf(key))
  return 0
}

export const commands: readonly Command[] = [list, show, create, rotate, suspend, resume, end]
