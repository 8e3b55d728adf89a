/** What a dry run tells about each kind of node: what would end, and what of it was used within the last hour. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as given from './given.ts'
import { stored } from './walk.ts'

const HOUR = 3600
const shared = await given.openAuthority({
  ...given.UNLIMITED,
  // Sessions that nobody uses live on, so that what would end and what was used differ.
  COUNTERSIGN_SESSION_IDLE_SECONDS: String(12 * HOUR),
  COUNTERSIGN_REFRESH_IDLE_SECONDS: String(12 * HOUR),
})
after(shared.close)
const { authority, adminKey, clock, send } = shared.given

const { email, id: account } = await given.person(shared.given)
const opaque = await given.signedIn(shared.given, 'session_token', email)
const byCookie = await given.signedIn(shared.given, 'cookie', email)
const jwt = await given.signedIn(shared.given, 'jwt', email)
const { gid: grant } = JSON.parse(
  Buffer.from((jwt.access_token ?? '').split('.')[1] ?? '', 'base64url').toString(),
)
const key = await given.keyOf(shared.given, ['gym:enter'])
const { json: program } = await send('GET', `/v1/service-accounts/${key.owner}`, { key: adminKey })
const role = given.at(program, 'service_account', 'roles', '0')

const counts = (sessions: number, grants: number, apiKeys: number): object => ({
  sessions,
  grants,
  api_keys: apiKeys,
})
/** By kind: the id, what would end, and what of that is used below. The administrator's key asks, so it is used. */
const targets: readonly [kind: string, id: string, ended: object, used: object][] = [
  ['account', account, counts(3, 1, 0), counts(2, 1, 0)],
  ['service_account', key.owner, counts(0, 0, 1), counts(0, 0, 1)],
  ['client', 'first-party', counts(0, 1, 0), counts(0, 1, 0)],
  ['role', role, counts(0, 0, 1), counts(0, 0, 1)],
  ['issuer', given.ISSUER, counts(3, 1, 2), counts(2, 1, 2)],
  ['session', opaque.session.id, counts(1, 0, 0), counts(1, 0, 0)],
  ['session', byCookie.session.id, counts(1, 0, 0), counts(0, 0, 0)],
  ['session', jwt.session.id, counts(1, 1, 0), counts(1, 1, 0)],
  ['grant', grant, counts(0, 1, 0), counts(0, 1, 0)],
  ['api_key', key.id, counts(0, 0, 1), counts(0, 0, 1)],
]

const dryRun = (kind: string, id: string): Promise<given.Answer> =>
  send('POST', '/v1/revocations', { key: adminKey, body: { target: { kind, id }, dry_run: true } })

test('after an hour without use nothing counts as used, but all of it would end', async () => {
  clock.advance(HOUR + 1)
  const before = stored(authority.config)

  for (const [kind, id, ended] of targets) {
    const answer = await dryRun(kind, id)
    assert.deepEqual(answer.json.ended, ended, `${kind}: ${answer.text}`)
    // The administrator's own key is used by asking.
    const used = kind === 'issuer' ? counts(0, 0, 1) : counts(0, 0, 0)
    assert.deepEqual(answer.json.used_last_hour, used, `${kind}: ${answer.text}`)
  }

  assert.deepEqual(stored(authority.config), before)
})

test('what was used a moment ago counts, by itself or by what was made from it', async () => {
  await send('GET', '/v1/me', { bearer: opaque.session_token ?? '' })
  const refreshed = await send('POST', '/oauth/token', {
    form: { grant_type: 'refresh_token', client_id: 'first-party', refresh_token: jwt.refresh_token ?? '' },
  })
  assert.equal(refreshed.status, 200, refreshed.text)
  await send('POST', '/oauth/token', {
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
      subject_token: key.secret,
    },
  })
  await send('GET', '/v1/me', { key: key.secret })

  for (const [kind, id, ended, used] of targets) {
    const answer = await dryRun(kind, id)
    assert.deepEqual(answer.json, { ended, used_last_hour: used }, `${kind} ${id}`)
  }
})

test('what a verifier has reported counts as used here', async () => {
  const verifier = await given.keyOf(shared.given, ['credentials:verify'])
  const at = new Date(clock.nowMs()).toISOString()
  const credential = { kind: 'session', id: byCookie.session.id }
  const use = { credential, route: 'swim', count: 1, refused: 0, first: at, last: at, address: null }
  await send('POST', '/v1/usage', { key: verifier.secret, body: { uses: [use], refusals: [] } })

  const answer = await dryRun('session', byCookie.session.id)

  assert.deepEqual(answer.json.used_last_hour, counts(1, 0, 0))
})

test('a dry run about what nobody has is 404, and about what is another’s as well', async () => {
  const stranger = await given.signedIn(shared.given, 'session_token')

  assert.equal((await dryRun('session', 'ses_00000000000000000000000000')).status, 404)
  const target = { kind: 'session', id: opaque.session.id }
  const body = { target, dry_run: true }
  assert.equal(
    (await send('POST', '/v1/revocations', { bearer: stranger.session_token ?? '', body })).status,
    404,
  )
})
