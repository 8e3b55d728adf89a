/**
 * A backup is put back and its log is older than what verifiers and tokens have seen: positions are given a
 * second time. A new epoch ends everything that was issued before, and nothing that comes after.
 */
import assert from 'node:assert/strict'
import { copyFile, rm } from 'node:fs/promises'
import { test } from 'node:test'
import { beginEpoch } from '../src/operate.ts'
import { assertOAuthError, assertProblem } from './contract.ts'
import * as given from './given.ts'
import { databaseFile } from './walk.ts'

const me = (to: given.Given, credential: given.SendOptions): Promise<given.Answer> =>
  to.send('GET', '/v1/me', credential)

const refresh = (to: given.Given, token = ''): Promise<given.Answer> =>
  to.send('POST', '/oauth/token', {
    form: { grant_type: 'refresh_token', client_id: 'first-party', refresh_token: token },
  })

async function exchange(to: given.Given, key: string): Promise<string> {
  const answer = await to.send('POST', '/oauth/token', {
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: key,
      subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
    },
  })
  return given.at(answer.json, 'access_token')
}

interface Issued {
  readonly opaque: readonly given.SendOptions[]
  readonly tokens: readonly given.SendOptions[]
  readonly refreshToken: string
}

/** One of each kind. */
async function issue(to: given.Given, email: string): Promise<Issued> {
  const session = await given.signedIn(to, 'session_token', email)
  const jwt = await given.signedIn(to, 'jwt', email)
  const key = await given.keyOf(to, ['docs:read'])
  return {
    opaque: [{ bearer: session.session_token ?? '' }, { key: key.secret }],
    tokens: [{ bearer: jwt.access_token ?? '' }, { bearer: await exchange(to, key.secret) }],
    refreshToken: jwt.refresh_token ?? '',
  }
}

async function assertAlive(to: given.Given, issued: Issued): Promise<void> {
  for (const credential of [...issued.opaque, ...issued.tokens]) {
    assert.equal((await me(to, credential)).status, 200)
  }
}

async function assertDead(to: given.Given, issued: Issued): Promise<void> {
  for (const credential of [...issued.opaque, ...issued.tokens]) {
    assertProblem(await me(to, credential), 'invalid_credential')
  }
  assertOAuthError(await refresh(to, issued.refreshToken), 'invalid_grant')
}

const signOut = (to: given.Given, credential: given.SendOptions): Promise<given.Answer> =>
  to.send('POST', '/v1/sign-out', credential)

/** A backup, and what happened after it. */
async function givenBackup(to: given.Given) {
  const { email } = await given.person(to)
  const file = databaseFile(to.authority.config)
  const before = await issue(to, email)
  const left = await given.signedIn(to, 'session_token', email)
  // Closing writes everything into the one file.
  await to.restart(() => copyFile(file, `${file}.backup`))
  await signOut(to, { bearer: left.session_token ?? '' })
  const after = await issue(to, email)
  await signOut(to, after.opaque[0] ?? {})
  const restore = async (): Promise<void> => {
    await Promise.all(['-wal', '-shm'].map((end) => rm(file + end, { force: true })))
    await copyFile(`${file}.backup`, file)
  }
  return { email, before, after, left: { bearer: left.session_token ?? '' }, restore }
}

test('without a new epoch a restored backup brings back who was signed out: what the command is for', async (t) => {
  const to = await given.authority(t)
  const { left, before, restore } = await givenBackup(to)
  assertProblem(await me(to, left), 'invalid_credential')

  await to.restart(restore)

  assert.equal((await me(to, left)).status, 200)
  await assertAlive(to, before)
})

test('after a restore and a new epoch nothing is good that was issued before or after the backup', async (t) => {
  const to = await given.authority(t)
  const { email, left, before, after, restore } = await givenBackup(to)

  await to.restart(async () => {
    await restore()
    const { before: old, after: head } = await beginEpoch(to.authority.config, to.clock)
    assert.notEqual(head.epoch, old.epoch)
    assert.equal(head.position, old.position + 1)
  })

  assertProblem(await me(to, left), 'invalid_credential')
  await assertDead(to, before)
  await assertDead(to, after)
  assertProblem(await me(to, { key: to.adminKey }), 'invalid_credential')
  const fresh = await given.signedIn(to, 'jwt', email)
  assert.equal((await me(to, { bearer: fresh.access_token ?? '' })).status, 200)
  assert.equal((await refresh(to, fresh.refresh_token)).status, 200)
  const admin = await given.signedIn(to, 'session_token', 'admin@example.com')
  const bearer = admin.session_token ?? ''
  const made = await to.send('POST', '/v1/api-keys', { bearer, body: { name: 'new', permissions: ['*'] } })
  assert.equal((await me(to, { key: given.at(made.json, 'secret') })).status, 200)
})

test('a new epoch beside a running server ends what that server had found good a moment ago', async (t) => {
  const to = await given.authority(t)
  const { email } = await given.person(to)
  const issued = await issue(to, email)
  await assertAlive(to, issued)

  await beginEpoch(to.authority.config, to.clock)
  // Every revocation reads the log to its end before it is answered, as the server does by itself twice a second.
  const fresh = await given.signedIn(to, 'session_token', email)
  assert.equal((await signOut(to, { bearer: fresh.session_token ?? '' })).status, 204)

  await assertDead(to, issued)
  const again = await given.signedIn(to, 'jwt', email)
  assert.equal((await me(to, { bearer: again.access_token ?? '' })).status, 200)
})

test('a new epoch is written down, and what is issued in it outlives a restart', async (t) => {
  const to = await given.authority(t)
  const { after } = await beginEpoch(to.authority.config, to.clock)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token', 'admin@example.com')

  await to.restart()

  const events = await to.send('GET', '/v1/audit?type=epoch.started', { bearer })
  const [event] = events.json.items as { details: { epoch: string }; actor: { kind: string } }[]
  assert.equal(event?.details.epoch, after.epoch)
  assert.equal(event?.actor.kind, 'system')
})
