/** For tests that walk the whole route table: a good body and a real path for every row, and what is stored. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { MACHINE_RULES, RULES } from '@countersign/core'
import type { Config } from '../src/config.ts'
import type { AnyRoute } from '../src/http/route.ts'
import { toNodeHandler } from '../src/node-handler.ts'
import { routes } from '../src/routes/table.ts'
import { enrolTotp } from './authenticator.ts'
import { at, type Given, keyOf, PASSWORD, person, type SendOptions, signedIn } from './given.ts'

const RISK_POLICY = {
  weights: Object.fromEntries(RULES.map((rule) => [rule, 10])),
  notify_at: 10,
  step_up_at: 20,
  block_at: 30,
  without_factor: 'notify',
  machines: { weights: Object.fromEntries(MACHINE_RULES.map((rule) => [rule, 10])), notify_at: 10 },
}

/** A body that each route takes; a new route with a body has to come with one. */
export const samples: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  sign_up: { email: 'walker@example.com', password: PASSWORD, name: 'A walker' },
  sign_in: { email: 'walker@example.com', password: PASSWORD, deliver: 'jwt', refresh: 'body' },
  change_own_password: {
    current_password: PASSWORD,
    new_password: `${PASSWORD} again`,
    keep_other_sessions: true,
  },
  require_password_change: { keep_sessions: true },
  sign_in_new_password: {
    ticket: 'nobodyHasThis',
    new_password: PASSWORD,
    deliver: 'jwt',
    refresh: 'body',
  },
  connect_own_identity: { provider: 'nobody' },
  check_password: { password: PASSWORD, email: 'walker@example.com', name: 'A walker' },
  confirm_sign_up: { ticket: 'x'.repeat(43), password: PASSWORD },
  accept_invitation: { ticket: 'x'.repeat(43), password: PASSWORD, name: 'A walker' },
  create_invitation: { email: 'invited@example.com', roles: ['member'], expires_in: 3600 },
  resend_invitation: { expires_in: 3600 },
  request_password_reset: { email: 'nobody.at.all@example.com' },
  complete_password_reset: { ticket: 'x'.repeat(43), password: PASSWORD },
  complete_setup: { email: 'walker@example.com', password: PASSWORD, ticket: 'x'.repeat(43) },
  token: { grant_type: 'refresh_token', client_id: 'first-party', refresh_token: 'nobody-has-this' },
  revoke_token: { token: 'nobody-has-this', token_type_hint: 'access_token' },
  introspect: { token: 'nobody-has-this' },
  create_api_key: {
    name: 'a key',
    permissions: ['docs:read'],
    resources: ['doc-1'],
    audiences: ['https://api.example.com'],
    expires_in: 3600,
    allow_addresses: ['10.0.0.0/8'],
    rate_limit: { requests: 5, per_seconds: 60 },
  },
  change_api_key: { name: 'another name', rate_limit: { requests: 5, per_seconds: 60 } },
  rotate_api_key: { overlap_seconds: 60 },
  revoke: { target: { kind: 'role', id: 'member' }, reason: 'a test', wait_ms: 0, dry_run: true },
  verify: { credential: 'nobody-has-this', permissions: ['docs:read'], audience: 'countersign' },
  bulk_accounts: { action: 'disable', ids: ['acc_01kf0rdqg06p1nem1shv2ssrmr'], dry_run: true },
  bulk_service_accounts: { action: 'disable', ids: ['svc_01kf0rdqg06p1nem1shv2ssrmr'], dry_run: true },
  bulk_clients: { action: 'disable', ids: ['nobody'], dry_run: true },
  bulk_api_keys: { action: 'disable', ids: ['key_01kf0rdqg06p1nem1shv2ssrmr'], dry_run: true },
  explain_credential: { credential: 'nobody-has-this', permissions: ['docs:read'], address: '192.0.2.1' },
  report_usage: {
    uses: [
      {
        credential: { kind: 'api_key', id: 'key_01kf0rdqg06p1nem1shv2ssrmr' },
        route: 'read_note',
        count: 1,
        refused: 0,
        first: '2026-01-15T12:00:00Z',
        last: '2026-01-15T12:00:00Z',
        address: '192.0.2.1',
      },
    ],
    refusals: [],
  },
  create_account: {
    email: 'made@example.com',
    password: PASSWORD,
    roles: ['member'],
    require_password_change: false,
  },
  change_account: { name: 'another name', roles: ['member'], disabled: false },
  create_service_account: { name: 'a program', roles: ['member'], audiences: [] },
  change_service_account: { name: 'another name', roles: ['member'], disabled: false },
  create_role: { id: 'walkers', description: 'Those who walk.', permissions: ['docs:read'] },
  change_role: { description: null, permissions: ['docs:read'] },
  push_authorization_request: { client_id: 'first-party', response_type: 'code' },
  authorize_by_form: { response_type: 'code', client_id: 'nobody' },
  login: { interaction: '', csrf: 'nobody-has-this', identifier: 'walker@example.com', password: PASSWORD },
  login_factor: { interaction: '', csrf: 'nobody-has-this', ticket: 'nobodyHasThis', code: '123456' },
  login_passkey: { interaction: '', csrf: 'nobody-has-this', credential: '{}' },
  login_new_password: {
    interaction: '',
    csrf: 'nobody-has-this',
    ticket: 'nobodyHasThis',
    password: PASSWORD,
  },
  forgot_password: { interaction: '', csrf: 'nobody-has-this', identifier: 'walker@example.com' },
  sign_up_by_page: {
    interaction: '',
    csrf: 'nobody-has-this',
    identifier: 'walker@example.com',
    password: PASSWORD,
    name: 'Walker',
  },
  consent: { interaction: 'nobody-has-this', csrf: 'nobody-has-this', decision: 'allow' },
  end_session_by_form: { client_id: 'nobody' },
  confirm_end_session: { request: 'nobody-has-this', csrf: 'nobody-has-this' },
  device_authorization: { client_id: 'nobody', scope: 'openid' },
  device: { user_code: 'BCDF-GHJK', csrf: 'nobody-has-this' },
  device_decision: { user_code: 'BCDFGHJK', csrf: 'nobody-has-this', decision: 'allow' },
  create_client: {
    id: 'a-walking-client',
    name: 'A client',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code'],
    redirect_uris: ['https://app.example.com/callback'],
    scopes: ['docs:read'],
  },
  register_client: { redirect_uris: ['https://app.example.com/callback'], client_name: 'A client' },
  create_initial_access_token: { name: 'for a walk' },
  change_client: { name: 'another name', scopes: ['docs:read'], disabled: false },
  rotate_client_secret: { overlap_seconds: 60 },
  rotate_signing_keys: { immediately: false },
  sign_in_factor: {
    ticket: 'nobodyHasThis',
    factor: 'totp',
    code: '123456',
    deliver: 'jwt',
    refresh: 'body',
  },
  sign_in_enrol_totp: { ticket: 'nobodyHasThis', name: 'a phone' },
  enrol_own_totp: { name: 'a phone' },
  confirm_own_factor: { code: '123456' },
  sign_in_factor_passkey_options: { ticket: 'nobodyHasThis' },
  sign_in_enrol_passkey: { ticket: 'nobodyHasThis' },
  step_up_passkey_options: { ticket: 'nobodyHasThis' },
  sign_in_passkey: {
    credential: {
      id: 'bm9ib2R5',
      rawId: 'bm9ib2R5',
      type: 'public-key',
      response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA' },
    },
    deliver: 'jwt',
    refresh: 'body',
  },
  add_own_passkey: {
    credential: {
      id: 'bm9ib2R5',
      rawId: 'bm9ib2R5',
      type: 'public-key',
      response: { clientDataJSON: 'e30', attestationObject: 'oA', transports: ['internal'] },
    },
    name: 'a key',
  },
  rename_own_passkey: { name: 'another name' },
  set_risk_policy: RISK_POLICY,
  replay_risk_policy: { policy: RISK_POLICY, days: 7 },
  change_own_account: { name: 'another name' },
  change_own_email: { email: 'walked.to@example.com' },
  confirm_email_change: { ticket: 'x'.repeat(43), password: PASSWORD },
  confirm_email: { ticket: 'x'.repeat(43) },
  not_me: { ticket: 'x'.repeat(43) },
  complete_step_up: { ticket: 'nobodyHasThis', factor: 'password', code: PASSWORD },
}

/** Someone to do things to: ids that exist, by the first part of the paths that name them. */
export type Ids = Readonly<Record<string, string>>

/** With a factor of that account, which takes time, only where the route names one. */
export async function makeIds(to: Given, route?: AnyRoute): Promise<Ids> {
  const { adminKey } = to
  const { id: account, email } = await person(to)
  const { session, session_token: bearer = '' } = await signedIn(to, 'session_token', email)
  const needsFactor = route?.path.includes(':factor') === true
  const factor = needsFactor ? (await enrolTotp(to, bearer)).id : `fac_${'0'.repeat(26)}`
  const needsIdentity = route?.path.includes(':identity') === true
  const identity = needsIdentity ? connectSomething(to, account) : `idn_${'0'.repeat(26)}`
  const { id: key, owner } = await keyOf(to, ['docs:read'])
  await to.send('POST', '/v1/roles', { key: adminKey, body: { id: 'watched', permissions: ['docs:read'] } })
  const client = `client-${account.slice(4)}`
  await to.send('POST', '/v1/clients', {
    key: adminKey,
    body: { ...samples.create_client, id: client },
  })
  const target = { kind: 'role', id: 'watched' }
  const revoked = await to.send('POST', '/v1/revocations', { key: adminKey, body: { target } })
  const invited = await inviteSomebody(to, account)
  const token = await to.send('POST', '/v1/initial-access-tokens', {
    key: adminKey,
    body: { name: 'walked' },
  })
  const refused = await to.send('GET', '/v1/me')
  const rotated = await to.send('POST', '/v1/signing-keys/rotate', { key: adminKey })
  return {
    '/v1/accounts': account,
    '/v1/me/sessions': session.id,
    '/v1/me/factors': factor,
    '/v1/me/passkeys': factor,
    '/v1/me/devices': `dev_${'0'.repeat(26)}`,
    ':factor': factor,
    '/v1/me/identities': identity,
    ':identity': identity,
    ':session': session.id,
    '/v1/invitations': invited,
    '/v1/initial-access-tokens': at(token.json, 'initial_access_token', 'id'),
    '/v1/api-keys': key,
    '/v1/service-accounts': owner,
    '/v1/roles': 'watched',
    '/v1/clients': client,
    '/v1/me/consents': client,
    '/v1/revocations': at(revoked.json, 'id'),
    '/v1/decisions': at(refused.json, 'decision_id'),
    '/v1/signing-keys': at(rotated.json, 'items', '0', 'id'),
    '/docs/errors': 'not_found',
    '/account': 'keys',
    '/console': 'people',
    '/assets/console': 'nothing.js',
    '/login/provider': 'nobody',
    '/dev/mail': `mai_${'0'.repeat(26)}`,
  }
}

/** An identity as a provider would have proved it: no walk has one beside it. */
function connectSomething({ authority }: Given, account: string): string {
  const id = `idn_${account.slice(4)}`
  const db = new DatabaseSync(databaseFile(authority.config), { timeout: 5000 })
  try {
    db.prepare(identityText).run({ id, account })
    return id
  } finally {
    db.close()
  }
}

async function inviteSomebody({ send, adminKey }: Given, account: string): Promise<string> {
  const body = { ...samples.create_invitation, email: `${account}@example.com` }
  const { json } = await send('POST', '/v1/invitations', { key: adminKey, body })
  return at(json, 'invitation', 'id')
}

/** The path of a row with a real id in it, or with `id`. */
export function pathOf(route: AnyRoute, ids: Ids, id?: string): string {
  const before = route.path.split('/:')[0] ?? ''
  const found = id ?? ids[before]
  if (!route.path.includes(':')) return route.path
  assert.ok(found, `There is no id for ${route.path}.`)
  return route.path.replaceAll(/:\w+/g, (name) => id ?? ids[name] ?? found)
}

/** What has to stand in the query of a route that does not do without. */
export const queryOf = ({ name }: AnyRoute): string => NEEDED_QUERIES[name] ?? ''

const NEEDED_QUERIES: Readonly<Record<string, string>> = {
  follow_revocations: '?verifier=a-verifier-that-walks',
  list_principal_names: '?ids=acc_01kf0rdqg06p1nem1shv2ssrmr',
}

/** A request that a route would take, by an administrator's key. */
export function goodRequest(route: AnyRoute, key: string): SendOptions {
  const credential = route.access === 'public' ? {} : { key }
  const body = samples[route.name]
  if (route.body === undefined || body === undefined) return credential
  if (route.bodyForm !== 'form') return { ...credential, body }
  return { ...credential, form: formOf(body) }
}

export function formOf(body: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]))
}

export const bodied: readonly AnyRoute[] = routes.filter((route) => route.body !== undefined)

export function databaseFile({ database }: Config): string {
  assert.ok(database.kind === 'sqlite')
  return database.file
}

const [tablesText = '', countText = '', headText = '', identityText = ''] = readFileSync(
  new URL('./stored.sql', import.meta.url),
  'utf8',
).split(';')

/** Whoever reads the audit log waits for the events that are gathered; until then `stored` lacks those of tokens just given. */
export async function settle({ send, adminKey }: Pick<Given, 'send' | 'adminKey'>): Promise<void> {
  const { status } = await send('GET', '/v1/audit?limit=1', { key: adminKey })
  assert.equal(status, 200)
}

/** How many rows every table has, and the head of the log: a second reader of the same file. */
export function stored(config: Config): Readonly<Record<string, unknown>> {
  const db = new DatabaseSync(databaseFile(config), { readOnly: true })
  try {
    const names = db
      .prepare(tablesText)
      .all()
      .map(({ name }) => String(name))
      // Requests are counted whatever comes of them, and written some seconds later.
      .filter((name) => name !== 'usage_hours')
    const counts = names.map((name) => {
      const row = db.prepare(countText.replace('{table}', () => name)).get()
      return [name, row?.held] as const
    })
    assert.ok(counts.length > 10)
    return { ...Object.fromEntries(counts), head: JSON.stringify(db.prepare(headText).all()) }
  } finally {
    db.close()
  }
}

/** The authority behind a real socket, for what no `Request` can carry; returns its port. */
export async function listen(t: TestContext, app: Parameters<typeof toNodeHandler>[0]): Promise<number> {
  const server = createServer(toNodeHandler(app))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
