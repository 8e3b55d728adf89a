/** When something breaks: a database that is away is 503 and a bug is 500, neither lets anybody in or tells anything. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Overloaded, StoreUnavailable } from '@countersign/core'
import type { AnyRoute } from '../src/http/route.ts'
import { routes } from '../src/routes/table.ts'
import { assertOAuthError, assertProblem } from './contract.ts'
import * as given from './given.ts'
import { type Inside, inside } from './inside.ts'
import { samples } from './walk.ts'

/** What drivers say: a place, which is for the log alone, and a value that they quote, which is for nobody. */
const CANARY = 'no insert at db.internal:5432 of "canary-7f3a"'

/** A request to every route that gets as far as its door. */
async function callAll(to: Inside, check: (route: AnyRoute, answer: given.Answer) => void): Promise<void> {
  for (const route of routes) {
    const path = route.path.replace(':code', 'not_found').replace(':id', idFor(route.path))
    const sample = samples[route.name]
    const body =
      sample === undefined ? {} : route.bodyForm === 'form' ? { form: asForm(sample) } : { body: sample }
    check(route, await to.send(route.method, path, { key: to.adminKey, ...body }))
  }
}

const asForm = (sample: object): Record<string, string> =>
  Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, String(value)]))

function idFor(path: string): string {
  const body = '01kf0rdqg06p1nem1shv2ssrmr'
  const prefixes = {
    sessions: 'ses_',
    'api-keys': 'key_',
    revocations: 'rev_',
    accounts: 'acc_',
    'service-accounts': 'svc_',
    'signing-keys': 'sig_',
  }
  const noun = path.split('/').at(-2) ?? ''
  const prefix = Object.entries(prefixes).find(([name]) => name === noun || path.includes(`/${name}/`))?.[1]
  return prefix === undefined ? 'swimmer' : `${prefix}${body}`
}

test('503 with Retry-After while the database is away, on every route that needs it', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  await to.send('GET', '/v1/me', { key: to.adminKey })
  to.breakCalls(new StoreUnavailable(CANARY))
  const away: string[] = []

  await callAll(to, ({ name, errorForm }, answer) => {
    assert.doesNotMatch(answer.text, /canary|db\.internal/)
    assert.notEqual(answer.status, 500, name)
    if (answer.status !== 503) return
    away.push(name)
    assert.equal(answer.headers.get('retry-after'), '1')
    // Pages for people say it in words.
    if (answer.headers.get('content-type')?.startsWith('text/html'))
      assert.match(answer.text, /cannot be reached/)
    else if (errorForm === 'oauth') assertOAuthError(answer, 'temporarily_unavailable')
    else assertProblem(answer, 'store_unavailable')
  })

  for (const name of [
    'sign_in',
    'sign_up',
    'complete_setup',
    'create_api_key',
    'list_accounts',
    'readyz',
    'revoke',
  ]) {
    assert.ok(away.includes(name), `${name} was answered without the database.`)
  }
  to.breakCalls(null)
  assert.equal((await to.send('GET', '/readyz')).status, 200)
})

test('500 for a bug, with a decision id that finds it in the log and nothing of what broke', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  to.breakCalls(new TypeError(CANARY))

  const answer = await to.send('GET', '/v1/accounts', { key: to.adminKey })
  const token = await to.send('POST', '/oauth/token', { form: asForm(samples.token ?? {}) })

  assertProblem(answer, 'internal_error')
  assert.doesNotMatch(answer.text, /canary|db\.internal/)
  if (token.status === 500) assertOAuthError(token, 'server_error')
  const line = to.lines.find((one) => one.includes('unexpected_error'))
  assert.ok(line?.includes(given.at(answer.json, 'decision_id')))
  for (const one of to.lines) assert.ok(!one.includes('canary'))
})

test('503 with Retry-After when there are more passwords to hash than can wait, not an open door', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  to.breakCalls(new Overloaded(7))

  const answer = await to.send('POST', '/v1/sign-in', {
    body: { email: 'admin@example.com', password: given.PASSWORD },
  })

  assertProblem(answer, 'overloaded')
  assert.equal(answer.headers.get('retry-after'), '7')
})

test('a failed write answers no success: what was not committed is not told', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { session_token: bearer = '' } = await given.signedIn(to, 'session_token')
  await to.send('GET', '/v1/me', { bearer })
  to.breakCalls(new StoreUnavailable(CANARY))

  assertProblem(await to.send('POST', '/v1/sign-out', { bearer }), 'store_unavailable')

  to.breakCalls(null)
  assert.equal((await to.send('GET', '/v1/me', { bearer })).status, 200)
})
