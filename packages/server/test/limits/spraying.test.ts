/** Few passwords tried on many accounts from one network: it waits, and whoever is known there does not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NETWORK_WAITS } from '@countersign/core'
import { assertProblem } from '../contract.ts'
import * as given from '../given.ts'
import { type Inside, inside } from '../inside.ts'
import { askToSignIn, personWithPasskey } from '../passkeys.ts'
import { usePasskey } from '../soft-authenticator.ts'

const PATH = '/v1/sign-in'
const password = given.PASSWORD
const { freeFailures } = NETWORK_WAITS
const SETTINGS = { ...given.UNLIMITED, COUNTERSIGN_SIGN_IN_NETWORK_FAILURES: String(freeFailures) }

let tried = 0

/** From some address of the network, as attackers with a block of them do. */
function attempt(
  { send }: Pick<Inside, 'send'>,
  network: string,
  email: string,
  { cookie = '', typed = 'another quiet otter' } = {},
): Promise<given.Answer> {
  tried += 1
  const address = network.includes(':')
    ? `${network}:${(tried % 60_000).toString(16)}::1`
    : `${network}.${tried % 250}`
  return send('POST', PATH, { address, cookie, encrypted: true, body: { email, password: typed } })
}

async function spray(to: Pick<Inside, 'send'>, network: string, count = freeFailures): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const answer = await attempt(to, network, `nobody-${index}@example.com`)
    assert.equal(answer.status, 401, answer.text)
  }
}

const deviceOf = (answer: given.Answer): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .find((cookie) => cookie.startsWith('__Host-countersign_device=')) ?? ''

for (const [kind, network, other] of [
  ['a /24 of IPv4', '198.51.100', '198.51.101'],
  ['a /48 of IPv6', '2001:db8:1', '2001:db8:2'],
] as const) {
  test(`spraying from ${kind} waits, for accounts that exist as for those that nobody has`, async (t) => {
    const to = await inside(t, SETTINGS)
    const { email } = await given.person(to)
    await spray(to, network)
    to.takeCalls()

    const known = await attempt(to, network, email, { typed: password })
    const nobody = await attempt(to, network, 'nobody@example.com')
    const calls = to.takeCalls()
    const elsewhere = await attempt(to, other, email, { typed: password })

    assertProblem(known, 'too_many_failures')
    assertProblem(nobody, 'too_many_failures')
    assert.equal(known.headers.get('retry-after'), '1')
    assert.equal(nobody.headers.get('retry-after'), '1')
    assert.deepEqual(calls, ['store.readSignIn', 'store.readSignIn'])
    assert.equal(elsewhere.status, 200)
  })
}

test('waits grow with each further account, and the right password of a stranger gets in after one', async (t) => {
  const to = await inside(t, SETTINGS)
  const { email } = await given.person(to)
  await spray(to, '198.51.100')
  const waits: number[] = []
  for (let index = 0; index < 4; index += 1) {
    const refused = await attempt(to, '198.51.100', 'nobody@example.com')
    waits.push(Number(refused.headers.get('retry-after')))
    to.clock.advance(waits.at(-1) ?? 0)
    assert.equal((await attempt(to, '198.51.100', `further-${index}@example.com`)).status, 401)
  }

  to.clock.advance(16)
  const stranger = await attempt(to, '198.51.100', email, { typed: password })

  assert.deepEqual(waits, [1, 2, 4, 8])
  assert.equal(stranger.status, 200)
})

test('a known device and a passkey get in at once', async (t) => {
  const to = await inside(t, SETTINGS)
  const { email } = await given.person(to)
  const { key } = await personWithPasskey(to)
  const cookie = deviceOf(await attempt(to, '198.51.100', email, { typed: password }))
  await spray(to, '198.51.100')

  const device = await attempt(to, '198.51.100', email, { cookie, typed: password })
  const stranger = await attempt(to, '198.51.100', email, { typed: password })
  const credential = usePasskey(key, await askToSignIn(to))
  const passkey = await to.send('POST', '/v1/sign-in/passkey', {
    address: '198.51.100.7',
    encrypted: true,
    body: { credential },
  })

  assert.equal(device.status, 200)
  assertProblem(stranger, 'too_many_failures')
  assert.equal(passkey.status, 200, passkey.text)
})

test('people who sign in make no network wait, however many there are', async (t) => {
  const to = await inside(t, SETTINGS)
  const people = []
  for (let index = 0; index < 12; index += 1) people.push(await given.person(to))
  for (let round = 0; round < 4; round += 1) {
    for (const { email } of people) {
      // Each mistypes first.
      assert.equal((await attempt(to, '198.51.100', email)).status, 401)
      assert.equal((await attempt(to, '198.51.100', email, { typed: password })).status, 200)
    }
  }

  await spray(to, '198.51.100', freeFailures)
  assertProblem(await attempt(to, '198.51.100', 'nobody@example.com'), 'too_many_failures')
})

test('the audit log tells once that a network was slowed, with its address and nobody’s name', async (t) => {
  const to = await inside(t, SETTINGS)
  await spray(to, '198.51.100')
  await attempt(to, '198.51.100', 'nobody@example.com')

  const answer = await to.send('GET', '/v1/audit?type=network.slowed', { key: to.adminKey })
  const items = answer.json.items as { details: object; address: string; target: unknown }[]

  assert.equal(items.length, 1)
  assert.deepEqual(items[0]?.details, { accounts: freeFailures })
  assert.match(items[0]?.address ?? '', /^198\.51\.100\./)
  assert.equal(items[0]?.target, null)
})

test('how many are free is a setting', async (t) => {
  const to = await inside(t, { ...given.UNLIMITED, COUNTERSIGN_SIGN_IN_NETWORK_FAILURES: '2' })
  await spray(to, '198.51.100', 2)

  assertProblem(await attempt(to, '198.51.100', 'nobody@example.com'), 'too_many_failures')
})
