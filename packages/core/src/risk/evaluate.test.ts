import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  attempt,
  BERLIN,
  CHROME,
  DAY_MS,
  FIREFOX,
  MONDAY_MS,
  SYDNEY,
  steadyProfile,
} from '../../test/risk/given.ts'
import type { Attempt } from './attempt.ts'
import { evaluate } from './evaluate.ts'
import { DEFAULT_RISK_POLICY, type RuleName } from './policy.ts'
import { EMPTY_PROFILE, learn } from './profile.ts'

const policy = DEFAULT_RISK_POLICY
const STRANGER: Partial<Attempt> = { address: '198.51.100.9', place: SYDNEY, deviceId: 'stranger' }
const judge = (changes: Partial<Attempt> = {}, profile = steadyProfile()) =>
  evaluate(policy, profile, attempt(changes))
const rulesOf = (changes: Partial<Attempt> = {}, profile = steadyProfile()): readonly RuleName[] =>
  judge(changes, profile).findings.map(({ rule }) => rule)

test('a new device on a new network in a new country is asked for more, and each rule says what it saw', () => {
  const { action, findings } = judge({ ...STRANGER, userAgent: CHROME })

  assert.equal(action, 'step_up')
  assert.deepEqual(
    findings.map(({ rule }) => rule),
    ['new_network', 'new_country', 'new_device'],
  )
  for (const { saw } of findings) assert.match(saw, /^[A-Z][^\n]{10,140}\.$/)
})

test('a script from a data centre that failed at many accounts before is asked for more', () => {
  const place = { ...SYDNEY, isHosting: true }

  assert.equal(judge({ ...STRANGER, place, userAgent: 'curl/8.9.1', networkAccounts: 80 }).action, 'step_up')
})

test('a stranger who claims the owner’s kind of browser is asked for more all the same', () => {
  assert.equal(judge({ ...STRANGER, userAgent: FIREFOX }).action, 'step_up')
})

test('nothing has been learned from an attempt that was only judged', () => {
  const profile = steadyProfile()
  const before = JSON.stringify(profile)

  judge(STRANGER, profile)

  assert.equal(JSON.stringify(profile), before)
})

test('from Berlin to Sydney in two hours nobody travels; in two days, anybody', () => {
  const profile = learn(steadyProfile(), attempt({ atMs: MONDAY_MS }))
  const sydney = { ...STRANGER, deviceId: 'laptop' }

  assert.ok(rulesOf({ ...sydney, atMs: MONDAY_MS + 2 * 3_600_000 }, profile).includes('impossible_travel'))
  assert.ok(!rulesOf({ ...sydney, atMs: MONDAY_MS + 2 * DAY_MS }, profile).includes('impossible_travel'))
})

test('a network or a place that the account is known for is no travel, as with a VPN at work', () => {
  const withVpn = learn(steadyProfile(), attempt({ ...STRANGER, deviceId: 'laptop', atMs: MONDAY_MS }))

  const back = rulesOf({ atMs: MONDAY_MS + 60_000 }, withVpn)
  const there = rulesOf(
    { ...STRANGER, deviceId: 'laptop', atMs: MONDAY_MS + 120_000 },
    learn(withVpn, attempt({ atMs: MONDAY_MS + 60_000 })),
  )

  assert.ok(!back.includes('impossible_travel'))
  assert.ok(!there.includes('impossible_travel'))
})

test('a clock that went backwards makes no travel possible and throws nothing', () => {
  const profile = learn(steadyProfile(), attempt({ atMs: MONDAY_MS }))

  assert.ok(rulesOf({ ...STRANGER, atMs: MONDAY_MS - 60_000 }, profile).includes('impossible_travel'))
})

test('the owner passes: at home, upgraded, on another address of the network, on a trip, on a new phone at home', () => {
  const upgraded = FIREFOX.replaceAll('140.0', '152.0')

  for (const changes of [
    {},
    { userAgent: upgraded },
    { address: '203.0.113.250' },
    { address: '198.51.100.9', place: SYDNEY, atMs: MONDAY_MS + 2 * DAY_MS },
  ]) {
    assert.equal(judge(changes).action, 'allow', JSON.stringify(changes))
  }
  assert.notEqual(judge({ deviceId: 'phone', userAgent: CHROME }).action, 'step_up')
})

test('wrong passwords that a stranger tries do not have the owner challenged on the known device', () => {
  const attacked = { failures: 500, networkAccounts: 500 }

  assert.equal(judge(attacked).action, 'allow')
  assert.ok(rulesOf({ ...attacked, deviceId: 'stranger' }).includes('recent_failures'))
})

test('three in the morning is unusual for somebody who comes at nine, also where the week wraps around', () => {
  const night = MONDAY_MS - 6 * 3_600_000
  const sundays = Array.from({ length: 30 }, (_, week) =>
    attempt({ atMs: Date.UTC(2025, 6, 6, 23, 30) + week * 7 * DAY_MS }),
  ).reduce(learn, EMPTY_PROFILE)

  assert.ok(rulesOf({ atMs: night }).includes('unusual_hours'))
  assert.ok(!rulesOf().includes('unusual_hours'))
  assert.ok(!rulesOf({ atMs: Date.UTC(2026, 1, 2, 0, 30) }, sundays).includes('unusual_hours'))
})

test('an account without a history has nothing that could be new to it', () => {
  assert.deepEqual(rulesOf(STRANGER, EMPTY_PROFILE), [])
  assert.deepEqual(rulesOf({ userAgent: 'python-requests/2.32.3' }, EMPTY_PROFILE), [])
  assert.deepEqual(rulesOf({ ...STRANGER, networkAccounts: 60 }, EMPTY_PROFILE), ['automation'])
})

test('whoever has a new device each time is not asked each time, but another network then says more', () => {
  const days = Array.from({ length: 60 }, (_, day) => day)
  const private_ = days.reduce(
    (profile, day) =>
      learn(profile, attempt({ deviceId: `fresh ${day}`, atMs: MONDAY_MS - (60 - day) * DAY_MS })),
    EMPTY_PROFILE,
  )

  assert.equal(judge({ deviceId: 'fresh again' }, private_).action, 'allow')
  assert.equal(judge({ ...STRANGER, userAgent: CHROME }, private_).action, 'step_up')
})

test('without a data file and without device cookies the rules go by network and browser', () => {
  const nothing = { place: null, deviceId: null }
  const profile = steadyProfile(nothing)

  assert.equal(judge(nothing, profile).action, 'allow')
  assert.deepEqual(rulesOf({ ...nothing, address: '198.51.100.9', userAgent: CHROME }, profile), [
    'new_network',
    'new_device',
  ])
})

test('a rule of weight 0 is silent, and a sum that reaches blockAt blocks', () => {
  const weights = { ...policy.weights, new_network: 0 }
  const strict = { ...policy, weights, notifyAt: 1, stepUpAt: 1, blockAt: 1 }

  const { action, findings } = evaluate(strict, steadyProfile(), attempt({ ...STRANGER, userAgent: CHROME }))

  assert.equal(action, 'block')
  assert.ok(!findings.some(({ rule }) => rule === 'new_network'))
})

test('addresses, places and agents that make no sense are judged without an exception', () => {
  for (const changes of [
    { address: 'no address' },
    { address: '::1' },
    { address: 'fe80::1%eth0' },
    { address: null, userAgent: null, place: null },
    { place: { ...BERLIN, latitude: null, asn: null, country: null } },
    { userAgent: 'x'.repeat(100_000) },
  ]) {
    assert.ok(Number.isInteger(judge(changes).score), JSON.stringify(changes).slice(0, 80))
  }
})
