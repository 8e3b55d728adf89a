/** OAuth clients: programs that are given tokens. */

import { readFile } from 'node:fs/promises'
import type { ClientWithSecret } from '@countersign/client'
import {
  type ClientAuthMethod,
  type ClientGrantType,
  type ClientProfile,
  type ClientShape,
  clientAuthMethods,
  clientGrantTypes,
  clientProfiles,
  type IdTokenAlgorithm,
  idTokenAlgorithms,
  type JwkShape,
} from '@countersign/protocol'
import { type Command, type Option, pageOptions } from '../command.ts'
import { connect } from '../connection.ts'
import { overlapOption, readDuration } from '../durations.ts'
import { UsageError } from '../failures.ts'
import type { Input } from '../input.ts'
import { readPage } from '../lists.ts'
import { type Column, type Row, showPage, showRecord, toList, toWhen } from '../show.ts'
import type { Terminal } from '../terminal.ts'
import { clearOption, moreOptions, readCleared, readMore } from './client-more.ts'

const id = { name: 'id', help: 'The client’s id.' }

const list: Command = {
  name: 'clients list',
  summary: 'List OAuth clients, in the order of their ids',
  options: pageOptions,
  connects: true,
  run: async (input, terminal) => {
    const page = readPage(input)
    const client = await connect(input, terminal)
    showPage(terminal, await client.clients.list(page), columns)
    return 0
  },
}

const columns: readonly Column<ClientShape>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'name', value: (one) => one.name },
  { title: 'type', value: (one) => one.type },
  { title: 'grants', value: (one) => toList(one.grant_types) },
  { title: 'scopes', value: (one) => toList(one.scopes) },
  { title: 'state', value: (one) => (one.disabled_at === null ? 'active' : 'disabled') },
  { title: 'registered', value: registeredBy },
]

function registeredBy({ registration }: ClientShape): string {
  return { administrator: 'by an administrator', self: 'by itself', document: 'by its document' }[
    registration
  ]
}

const show: Command = {
  name: 'clients show',
  summary: 'Show one OAuth client, without its secret',
  positionals: [id],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const one = await client.clients.read(input.required('id'))
    showRecord(terminal, { client: one }, rowsOf(one))
    return 0
  },
}

function rowsOf(one: ClientShape): Row[] {
  return [
    ['id', one.id],
    ['name', one.name],
    ['type', one.type],
    ['profile', one.profile],
    ['authenticates by', one.token_endpoint_auth_method],
    ['ID tokens', one.id_token_signed_response_alg ?? ''],
    ['subjects', one.subject_type === 'public' ? '' : one.subject_type],
    ['sector', one.sector_identifier_uri],
    ['tokens', one.dpop_bound_access_tokens ? 'always bound to a key' : ''],
    ['grants', toList(one.grant_types)],
    ['redirect URIs', toList(one.redirect_uris)],
    ['after signing out', toList(one.post_logout_redirect_uris)],
    ['told of ends at', one.backchannel_logout_uri ?? ''],
    ['scopes', toList(one.scopes)],
    ['audiences', toList(one.audiences)],
    ['speaks for', one.service_account_id ?? ''],
    ['demands', one.assurance],
    ['logo', one.logo_uri],
    ['privacy policy', one.policy_uri],
    ['terms', one.tos_uri],
    ['registered', registeredBy(one)],
    ['first used', toWhen(one.first_used_at)],
    ['created', toWhen(one.created_at)],
    ['disabled', toWhen(one.disabled_at)],
  ]
}

/** What can be set at first and changed later. */
const settings: Readonly<Record<string, Option>> = {
  profile: { type: 'text', value: 'profile', help: `${clientProfiles.join(' or ')}; the first by default.` },
  'redirect-uri': { type: 'list', value: 'uri', help: 'Where people may be sent back to, to the letter.' },
  'post-logout-redirect-uri': {
    type: 'list',
    value: 'uri',
    help: 'Where people may be sent after they have signed out here.',
  },
  'backchannel-logout-uri': {
    type: 'text',
    value: 'uri',
    help: 'Where it is told that a session has ended.',
  },
  scope: { type: 'list', value: 'scope', help: 'A permission, or openid, profile, email, offline_access.' },
  audience: { type: 'list', value: 'audience', help: 'An API that its tokens may be for.' },
  'service-account': { type: 'text', value: 'id', help: 'Whom it speaks for with client_credentials.' },
  dpop: { type: 'text', value: 'when', help: 'required: its tokens are always bound to a key; or optional.' },
  'id-token-alg': {
    type: 'text',
    value: 'algorithm',
    help: `What its ID tokens are signed with, of ${idTokenAlgorithms.join(', ')}; or server: what the server signs everything with, the default.`,
  },
  'jwks-uri': { type: 'text', value: 'uri', help: 'Where it publishes them itself.' },
  'jwks-file': { type: 'text', value: 'file', help: 'Its public keys as a JWK Set, for private_key_jwt.' },
  ...moreOptions,
}

const grant: Option = { type: 'list', value: 'grant', help: `One of ${clientGrantTypes.join(', ')}.` }

const create: Command = {
  name: 'clients create',
  summary: 'Register an OAuth client and show its secret, this once',
  positionals: [
    { name: 'id', help: 'What it is called in protocols: a-z, 0-9 and -; nobody else will ever have it.' },
  ],
  options: {
    name: { type: 'text', value: 'name', required: true, help: 'What it is called for people.' },
    auth: { type: 'text', value: 'method', required: true, help: `One of ${clientAuthMethods.join(', ')}.` },
    grant,
    ...settings,
  },
  connects: true,
  run: async (input, terminal) => {
    const request = {
      id: input.required('id'),
      name: input.required('name'),
      profile: readProfile(input),
      token_endpoint_auth_method: readWord<ClientAuthMethod>(
        clientAuthMethods,
        input.required('auth'),
        'auth',
      ),
      dpop_bound_access_tokens: readDpop(input),
      grant_types: readGrants(input),
      redirect_uris: [...input.list('redirect-uri')],
      post_logout_redirect_uris: [...input.list('post-logout-redirect-uri')],
      backchannel_logout_uri: input.text('backchannel-logout-uri'),
      scopes: [...input.list('scope')],
      audiences: [...input.list('audience')],
      service_account_id: input.text('service-account'),
      jwks: await readKeys(input),
      jwks_uri: input.text('jwks-uri'),
      id_token_signed_response_alg: readIdTokenAlgorithm(input) ?? undefined,
      ...readMore(input, create.name),
    }
    const client = await connect(input, terminal)
    showSecret(terminal, await client.clients.create(request))
    return 0
  },
}

const readGrants = (input: Input): ClientGrantType[] =>
  input.list('grant').map((word) => readWord<ClientGrantType>(clientGrantTypes, word, 'grant'))

function readProfile(input: Input): ClientProfile | undefined {
  const text = input.text('profile')
  return text === undefined ? undefined : readWord<ClientProfile>(clientProfiles, text, 'profile')
}

/** Null for `server`, which takes back what was asked for before. */
function readIdTokenAlgorithm(input: Input): IdTokenAlgorithm | null | undefined {
  const text = input.text('id-token-alg')
  if (text === undefined) return undefined
  const word = readWord<IdTokenAlgorithm | 'server'>([...idTokenAlgorithms, 'server'], text, 'id-token-alg')
  return word === 'server' ? null : word
}

function readDpop(input: Input): boolean | undefined {
  const text = input.text('dpop')
  return text === undefined ? undefined : readWord(['required', 'optional'], text, 'dpop') === 'required'
}

function readWord<T extends string>(words: readonly T[], text: string, option: string): T {
  const word = words.find((one) => one === text)
  if (word === undefined) throw new UsageError(`--${option} is one of ${words.join(', ')}.`, create.name)
  return word
}

async function readKeys(input: Input): Promise<{ keys: JwkShape[] } | undefined> {
  const file = input.text('jwks-file')
  if (file === undefined) return undefined
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    throw new UsageError('--jwks-file cannot be read as JSON.', create.name)
  }
}

function showSecret(terminal: Terminal, made: ClientWithSecret): void {
  const secret = made.client_secret?.reveal() ?? null
  const rows: Row[] = secret === null ? [] : [['secret', secret]]
  showRecord(terminal, { client: made.client, client_secret: secret }, [...rowsOf(made.client), ...rows])
  if (terminal.isTty && secret !== null) terminal.err('The secret is not shown again.')
}

const change: Command = {
  name: 'clients change',
  summary: 'Change an OAuth client; what is named replaces what was there',
  positionals: [id],
  options: {
    name: { type: 'text', value: 'name', help: 'What it is called for people.' },
    auth: {
      type: 'text',
      value: 'method',
      help: `One of ${clientAuthMethods.join(', ')}. For client_secret_jwt rotate the secret afterwards.`,
    },
    grant,
    ...settings,
    clear: clearOption,
  },
  connects: true,
  run: async (input, terminal) => {
    const all = (option: string): string[] | undefined => {
      const values = input.list(option)
      return values.length === 0 ? undefined : [...values]
    }
    const auth = input.text('auth')
    const wanted = {
      name: input.text('name'),
      token_endpoint_auth_method:
        auth === undefined ? undefined : readWord<ClientAuthMethod>(clientAuthMethods, auth, 'auth'),
      profile: readProfile(input),
      dpop_bound_access_tokens: readDpop(input),
      grant_types: input.list('grant').length === 0 ? undefined : readGrants(input),
      redirect_uris: all('redirect-uri'),
      post_logout_redirect_uris: all('post-logout-redirect-uri'),
      backchannel_logout_uri: input.text('backchannel-logout-uri'),
      scopes: all('scope'),
      audiences: all('audience'),
      service_account_id: input.text('service-account'),
      jwks: await readKeys(input),
      jwks_uri: input.text('jwks-uri'),
      id_token_signed_response_alg: readIdTokenAlgorithm(input),
      ...readMore(input, change.name),
      ...readCleared(input, change.name),
    }
    const client = await connect(input, terminal)
    const one = await client.clients.change(input.required('id'), wanted)
    showRecord(terminal, { client: one }, rowsOf(one))
    return 0
  },
}

const setDisabled = (verb: 'disable' | 'enable', summary: string): Command => ({
  name: `clients ${verb}`,
  summary,
  positionals: [id],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    const one = await client.clients.change(input.required('id'), { disabled: verb === 'disable' })
    showRecord(terminal, { client: one }, rowsOf(one))
    return 0
  },
})

const rotate: Command = {
  name: 'clients rotate-secret',
  summary: 'Give an OAuth client a new secret; the old one works until the overlap ends',
  positionals: [id],
  options: { overlap: overlapOption },
  connects: true,
  run: async (input, terminal) => {
    const overlap = readDuration(input, 'overlap', rotate.name)
    const client = await connect(input, terminal)
    showSecret(terminal, await client.clients.rotateSecret(input.required('id'), overlap))
    return 0
  },
}

const end: Command = {
  name: 'clients end',
  summary: 'End an OAuth client with everything that was issued to it, for good',
  positionals: [id],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    await client.clients.end(input.required('id'))
    showRecord(terminal, { ended: input.required('id') }, [['ended', input.required('id')]])
    return 0
  },
}

export const commands: readonly Command[] = [
  list,
  show,
  create,
  change,
  setDisabled('disable', 'Disable an OAuth client, which ends everything that was issued to it'),
  setDisabled('enable', 'Let a disabled OAuth client be given tokens again'),
  rotate,
  end,
]
