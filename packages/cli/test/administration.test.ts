import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type {
  AccountDetailShape,
  ApiKeyShape,
  ClientShape,
  DeviceShape,
  Page,
  SessionDetailShape,
} from '@countersign/protocol'
import { type Bootstrapped, givenAdministrator, PASSWORD, run, runJson } from './given.ts'

// One server for the file: the tests make their own accounts, and none looks at all of them.
let made: Bootstrapped
let url: string
let env: Record<string, string>

before(async (t) => {
  assert.ok('after' in t)
  const given = await givenAdministrator(t)
  made = given.made
  url = given.server.url
  env = given.env
})

test('a key without rights is refused, with the decision to look up', async () => {
  const { secret } = await createKey(['--name', 'weak'])

  const ran = await run(['accounts', 'list'], { env: { ...env, COUNTERSIGN_API_KEY: secret } })
  const json = await run(['accounts', 'list', '--json'], { env: { ...env, COUNTERSIGN_API_KEY: secret } })

  assert.equal(ran.code, 1)
  assert.match(ran.stderr, /\[permission_denied\]\ndecision: dec_/)
  const { error } = JSON.parse(json.stderr)
  assert.deepEqual([error.code, error.status], ['permission_denied', 403])
})

test('what is not there is said to be not there', async () => {
  for (const args of [
    ['accounts', 'show', 'acc_00000000000000000000000000'],
    ['accounts', 'show', 'nobody@example.com'],
    ['service-accounts', 'show', 'nonsense'],
    ['keys', 'end', 'key_00000000000000000000000000'],
    ['roles', 'end', 'nothing'],
    ['clients', 'show', 'nothing'],
    ['clients', 'end', 'nothing'],
    ['accounts', 'factors', 'nobody@example.com'],
    ['signing-keys', 'remove', 'sig_00000000000000000000000000'],
    ['revoke', 'session', 'ses_00000000000000000000000000'],
  ]) {
    const ran = await run(args, { env })

    assert.equal(ran.code, 1, ran.stderr)
    assert.match(ran.stderr, /not_found|There is no account/)
  }
})

test('a mistyped field is named', async () => {
  const ran = await run(['accounts', 'create', '--email', 'nonsense', '--password-stdin'], {
    env,
    stdin: PASSWORD,
  })

  assert.equal(ran.code, 1)
  assert.match(ran.stderr, /\[invalid_request\]\n {2}email: /)
})

test('an account is created, found by its address, given roles, disabled, enabled and ended', async () => {
  await runJson(['roles', 'create', 'coach', '--permission', 'lanes:book', '--description', 'Books lanes'], {
    env,
  })
  const args = ['accounts', 'create', '--email', 'mia@example.com', '--name', 'Mia', '--password-stdin']
  const { account } = await runJson<{ account: AccountDetailShape }>(args, { env, stdin: `${PASSWORD}\n` })
  const at = (verb: string, ...rest: string[]): Promise<{ account: AccountDetailShape }> =>
    runJson(['accounts', verb, 'mia@example.com', ...rest], { env })

  assert.deepEqual(account.roles, ['member'])
  assert.deepEqual((await at('roles', 'coach', 'member')).account.roles.toSorted(), ['coach', 'member'])
  assert.deepEqual((await at('roles', '--none')).account.roles, [])
  assert.notEqual((await at('disable')).account.disabled_at, null)
  assert.equal((await signIn('mia@example.com')).status, 401)
  assert.equal((await at('enable')).account.disabled_at, null)
  assert.equal((await signIn('mia@example.com')).status, 200)
  assert.deepEqual(await at('end'), { ended: account.id })
  assert.equal((await run(['accounts', 'show', account.id], { env })).code, 1)
})

test('a list is lines of tabs without colour, in pages', async () => {
  const args = ['service-accounts', 'create', '--name']
  for (const name of ['turnstile-1', 'turnstile-2']) await runJson([...args, name], { env })

  const first = await run(['service-accounts', 'list', '--limit', '1'], { env })
  const cursor = /--cursor (\S+)/.exec(first.stderr)?.[1]
  const second = await run(['service-accounts', 'list', '--limit', '1', '--cursor', cursor ?? ''], { env })

  assert.match(first.stdout, /^svc_\w+\tturnstile-2\t\t\tactive\t[^\n]+\n$/)
  assert.match(second.stdout, /^svc_\w+\tturnstile-1\t/)
})

test('a key is created with limits, shown without its secret, rotated with overlap, and ended', async () => {
  const { api_key, secret } = await createKey([
    ...['--name', 'turnstile', '--permission', 'doors:open', '--permission', 'doors:read'],
    ...[
      '--expires-in',
      '90d',
      '--allow-address',
      '127.0.0.0/8',
      '--allow-address',
      '::1',
      '--rate-limit',
      '100/60',
    ],
  ])
  const shown = await run(['keys', 'show', api_key.id], { env })
  const rotate = ['keys', 'rotate', api_key.id, '--overlap']
  const second = await runJson<{ secret: string }>([...rotate, '1h'], { env })

  assert.deepEqual(api_key.permissions, ['doors:open', 'doors:read'])
  assert.deepEqual(api_key.rate_limit, { requests: 100, per_seconds: 60 })
  assert.equal(Date.parse(api_key.expires_at ?? '') - Date.parse(api_key.created_at), 90 * 86_400_000)
  assert.match(shown.stdout, /name\tturnstile\n/)
  assert.ok(!shown.stdout.includes(secret))
  assert.deepEqual(await Promise.all([secret, second.secret].map(statusOf)), [200, 200])
  const third = await runJson<{ secret: string }>([...rotate, '0'], { env })
  assert.deepEqual(await Promise.all([secret, second.secret, third.secret].map(statusOf)), [401, 401, 200])
  assert.deepEqual(await runJson(['keys', 'end', api_key.id], { env }), { ended: api_key.id })
  assert.equal(await statusOf(third.secret), 401)
})

test('a client is registered, changed, given another secret, disabled, enabled and ended', async () => {
  const { service_account } = await runJson<{ service_account: { id: string } }>(
    ['service-accounts', 'create', '--name', 'turnstiles', '--role', 'administrator'],
    { env },
  )
  const args = ['clients', 'create', 'turnstiles', '--name', 'Turnstiles', '--auth', 'client_secret_basic']
  const made = await runJson<{ client: ClientShape; client_secret: string }>(
    [
      ...args,
      '--grant',
      'client_credentials',
      '--scope',
      'doors:open',
      '--service-account',
      service_account.id,
    ],
    { env },
  )
  const at = (verb: string, ...rest: string[]): Promise<{ client: ClientShape }> =>
    runJson(['clients', verb, 'turnstiles', ...rest], { env })
  const tokenStatus = async (secret: string): Promise<number> => {
    const authorization = `Basic ${Buffer.from(`turnstiles:${secret}`).toString('base64')}`
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    return (await fetch(`${url}/oauth/token`, { method: 'POST', headers: { authorization }, body })).status
  }

  assert.equal(await tokenStatus(made.client_secret), 200)
  const shown = await run(['clients', 'show', 'turnstiles'], { env })
  assert.match(shown.stdout, /speaks for\tsvc_/)
  assert.ok(!shown.stdout.includes(made.client_secret))
  assert.deepEqual((await at('change', '--scope', 'doors:read')).client.scopes, ['doors:read'])
  const next = await runJson<{ client_secret: string }>(
    ['clients', 'rotate-secret', 'turnstiles', '--overlap', '0'],
    { env },
  )
  assert.deepEqual(await Promise.all([made.client_secret, next.client_secret].map(tokenStatus)), [401, 200])
  assert.notEqual((await at('disable')).client.disabled_at, null)
  assert.equal(await tokenStatus(next.client_secret), 401)
  assert.equal((await at('enable')).client.disabled_at, null)
  assert.equal(await tokenStatus(next.client_secret), 200)
  assert.deepEqual(await runJson(['clients', 'end', 'turnstiles'], { env }), { ended: 'turnstiles' })
  assert.equal(await tokenStatus(next.client_secret), 401)
})

test('a client with a word that is none, or keys that are none, is refused before anything is sent', async () => {
  const args = ['clients', 'create', 'app', '--name', 'App', '--auth']

  for (const rest of [
    ['nonsense'],
    ['none', '--grant', 'password'],
    ['none', '--profile', 'nonsense'],
    ['private_key_jwt', '--jwks-file', '/nowhere/at/all.json'],
  ]) {
    const ran = await run([...args, ...rest], { env })

    assert.equal(ran.code, 2, ran.stderr)
  }
})

test('whose keys are listed is one’s own, another’s, or everybody’s', async () => {
  const { service_account: other } = await runJson<{ service_account: { id: string } }>(
    ['service-accounts', 'create', '--name', 'other'],
    { env },
  )
  const { api_key } = await createKey(['--name', 'theirs', '--service-account', other.id])
  const idsOf = async (...args: string[]): Promise<string[]> =>
    (await runJson<Page<ApiKeyShape>>(['keys', 'list', ...args], { env })).items.map(({ id }) => id)

  assert.ok(!(await idsOf()).includes(api_key.id))
  assert.deepEqual(await idsOf('--owner', other.id), [api_key.id])
  const all = await idsOf('--owner', 'all')
  assert.ok(all.includes(api_key.id) && all.includes(made.api_key.id))
})

test('one’s own devices are listed and forgotten with a session token in place of a key', async () => {
  const email = 'known@example.com'
  await createAccount(email)
  const own = { ...env, COUNTERSIGN_API_KEY: await sessionToken(email) }
  const body = JSON.stringify({ email, password: PASSWORD })
  const headers = { 'content-type': 'application/json' }
  for (let browser = 0; browser < 3; browser += 1) {
    assert.equal((await fetch(`${url}/v1/sign-in`, { method: 'POST', headers, body })).status, 200)
  }

  const { items } = await runJson<Page<DeviceShape>>(['devices', 'list'], { env: own })

  assert.equal(items.length, 3)
  const id = items[0]?.id ?? ''
  assert.deepEqual(await runJson(['devices', 'forget', id], { env: own }), { forgotten: id })
  assert.deepEqual(await runJson(['devices', 'forget', '--all'], { env: own }), { forgotten: 2 })
})

test('one’s own sessions are listed and ended with a session token in place of a key', async () => {
  await createAccount('ann@example.com')
  const [first, second, third] = await Promise.all([1, 2, 3].map(() => sessionToken('ann@example.com')))
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  const own = { ...env, COUNTERSIGN_API_KEY: first }
  const { items } = await runJson<Page<SessionDetailShape>>(['sessions', 'list'], { env: own })
  const current = items.find((one) => one.current)?.id ?? ''

  assert.equal(items.length, 3)
  assert.deepEqual(await runJson(['sessions', 'end', '--others'], { env: own }), { ended: 2 })
  assert.deepEqual(await Promise.all([first, second, third].map(bearerStatus)), [200, 401, 401])
  assert.deepEqual(await runJson(['sessions', 'end', current], { env }), { ended: current })
  assert.equal(await bearerStatus(first), 401)
})

test('what one has allowed apps is listed, and what was never allowed cannot be taken back', async () => {
  await createAccount('eva@example.com')
  const own = { ...env, COUNTERSIGN_API_KEY: await sessionToken('eva@example.com') }

  assert.deepEqual((await runJson<Page<object>>(['consents', 'list'], { env: own })).items, [])
  const ran = await run(['consents', 'end', 'nobody'], { env: own })
  assert.equal(ran.code, 1)
  assert.match(ran.stderr, /not_found/)
})

test('a revocation is counted first, then committed and confirmed, and the credential is dead', async () => {
  const account = await createAccount('ben@example.com')
  const token = await sessionToken('ben@example.com')
  const revoke = ['revoke', 'account', account.id]

  const preview = await runJson<{ ended: { sessions: number } }>([...revoke, '--dry-run'], { env })
  assert.equal(await bearerStatus(token), 200)
  const done = await runJson<Record<string, unknown>>([...revoke, '--reason', 'lost the phone'], { env })

  assert.equal(preview.ended.sessions, 1)
  assert.equal(done.confirmed, true)
  assert.equal(await bearerStatus(token), 401)
  assert.equal(await bearerStatus(await sessionToken('ben@example.com')), 200)
})

test('whoever holds a credential ends it by piping it in, without any other key', async () => {
  const { secret } = await createKey(['--name', 'leaked'])

  const ran = await run(['revoke', '--credential-stdin', '--url', url], { stdin: secret })
  const again = await run(['revoke', '--credential-stdin', '--url', url], { stdin: secret })

  assert.equal(ran.code, 0, ran.stderr)
  assert.match(ran.stdout, /confirmed\tyes\n[\s\S]*ended\t0 sessions, 0 grants, 1 API keys/)
  assert.equal(await statusOf(secret), 401)
  assert.equal(again.code, 1)
  assert.ok(!`${ran.stdout}${ran.stderr}${again.stderr}`.includes(secret))
})

test('signing keys rotate and are removed, and there is always one that signs', async () => {
  const states = async (...args: string[]): Promise<string[]> =>
    (await runJson<Page<{ id: string; state: string }>>(['signing-keys', ...args], { env })).items.map(
      ({ state }) => state,
    )
  const { items } = await runJson<Page<{ id: string; state: string }>>(['signing-keys', 'list'], { env })
  const current = items.find(({ state }) => state === 'current')?.id ?? ''

  const rotated = await states('rotate', '--immediately')
  const removed = await states('remove', current)

  assert.deepEqual(rotated.toSorted(), ['current', 'previous'])
  assert.deepEqual(removed.toSorted(), ['current', 'removed'])
})

test('a password that an administrator has set, or does not trust, has to be changed at the next sign-in', async () => {
  const email = 'nora@example.com'
  const args = ['accounts', 'create', '--email', email, '--password-stdin']
  const { account } = await runJson<{ account: AccountDetailShape }>(args, { env, stdin: PASSWORD })
  assert.notEqual(account.password_change_required_at, null)
  assert.match(await (await signIn(email)).text(), /"password_change_required"/)
  const trusted = await createAccount('odo@example.com')
  assert.equal(trusted.password_change_required_at, null)
  assert.notEqual(await sessionToken('odo@example.com'), '')

  const command = ['accounts', 'require-password-change', 'odo@example.com']
  const kept = await runJson<{ ended_sessions: number }>([...command, '--keep-sessions'], { env })
  const ended = await run(command, { env })

  assert.equal(kept.ended_sessions, 0)
  assert.match(ended.stdout, /^ended sessions\t1$/m)
  assert.match(await (await signIn('odo@example.com')).text(), /"password_change_required"/)
})

test('a session that is not its owner’s is ended, together with the password', async () => {
  await createAccount('una@example.com')
  const token = await sessionToken('una@example.com')
  const session = /_(ses\w*?)?_([0-9a-z]{26})_/.exec(token)?.[2] ?? ''

  const refused = await run(['accounts', 'not-me', 'odo@example.com', `ses_${session}`], { env })
  const ran = await run(['accounts', 'not-me', 'una@example.com', `ses_${session}`], { env })

  assert.match(refused.stderr, /not_found/)
  assert.match(ran.stdout, /^ended sessions\t1$/m)
  assert.equal(await bearerStatus(token), 401)
  assert.match(await (await signIn('una@example.com')).text(), /invalid_credentials|password_change_required/)
})

async function createKey(args: readonly string[]): Promise<{ api_key: ApiKeyShape; secret: string }> {
  return runJson(['keys', 'create', ...args], { env })
}

async function createAccount(email: string): Promise<AccountDetailShape> {
  const args = ['accounts', 'create', '--email', email, '--password-stdin', '--keep-password']
  return (await runJson<{ account: AccountDetailShape }>(args, { env, stdin: PASSWORD })).account
}

function signIn(email: string): Promise<Response> {
  const body = JSON.stringify({ email, password: PASSWORD, deliver: 'session_token' })
  return fetch(`${url}/v1/sign-in`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
}

async function sessionToken(email: string): Promise<string> {
  const answer: { session_token?: string } = Object(await (await signIn(email)).json())
  return answer.session_token ?? assert.fail('There is no session token.')
}

const statusOf = async (key: string): Promise<number> =>
  (await fetch(`${url}/v1/me`, { headers: { 'x-api-key': key } })).status

const bearerStatus = async (token: string): Promise<number> =>
  (await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status
