import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attempt, BERLIN, DAY_MS, MONDAY_MS, steadyProfile } from '../../test/risk/given.ts'
import { toAgent } from './agent.ts'
import { distanceKm } from './earth.ts'
import { evaluate } from './evaluate.ts'
import { toNetwork } from './network.ts'
import { DEFAULT_RISK_POLICY } from './policy.ts'
import { EMPTY_PROFILE, learn } from './profile.ts'
import { isKnown, see } from './seen.ts'

const BYTES_MAX = 8192

test('a year in which everything is always new stays within eight kilobytes', () => {
  let profile = EMPTY_PROFILE
  for (let turn = 0; turn < 2000; turn += 1) {
    const place = {
      ...BERLIN,
      country: String.fromCharCode(65 + (turn % 26), 65 + (turn % 25)),
      latitude: -80 + (turn % 160),
      longitude: -170 + (turn % 340),
      asn: 4_200_000_000 + turn,
    }
    const address = `2001:db8:${turn.toString(16)}:1::1`
    const deviceId = `dev_${'x'.repeat(24)}${turn}`
    profile = learn(profile, attempt({ atMs: MONDAY_MS + turn * 15_000_000, address, place, deviceId }))
  }

  assert.ok(JSON.stringify(profile).length < BYTES_MAX, `${JSON.stringify(profile).length} bytes`)
})

test('a profile that was stored as JSON judges as before', () => {
  const profile = steadyProfile()
  const again = JSON.parse(JSON.stringify(profile))
  const stranger = attempt({ address: '198.51.100.9', deviceId: 'stranger' })

  assert.deepEqual(
    evaluate(DEFAULT_RISK_POLICY, again, stranger),
    evaluate(DEFAULT_RISK_POLICY, profile, stranger),
  )
})

test('what was seen once is forgotten after half a year, what was seen daily is not', () => {
  const once = see([], 'café', MONDAY_MS, 10)
  const daily = Array.from({ length: 60 }, (_, day) => MONDAY_MS - (59 - day) * DAY_MS).reduce(
    (list, atMs) => see(list, 'home', atMs, 10),
    once,
  )
  const later = MONDAY_MS + 180 * DAY_MS

  assert.ok(isKnown(daily, 'café', MONDAY_MS + 90 * DAY_MS))
  assert.ok(!isKnown(daily, 'café', later))
  assert.ok(isKnown(daily, 'home', later))
})

test('a full memory lets go of what is weakest and keeps what is used daily', () => {
  let list = see([], 'home', MONDAY_MS, 3)
  for (let day = 1; day < 30; day += 1) {
    list = see(list, 'home', MONDAY_MS + day * DAY_MS, 3)
    list = see(list, `café ${day}`, MONDAY_MS + day * DAY_MS, 3)
  }

  assert.equal(list.length, 3)
  assert.ok(list.some(([key]) => key === 'home'))
})

test('networks are /24 and /48, and a mapped address is its IPv4 one', () => {
  const networks = ['203.0.113.7', '::ffff:203.0.113.7', '2001:db8:1:2::3', 'fe80::1%eth0', '1.2.3', ''].map(
    toNetwork,
  )

  assert.deepEqual(networks, ['203.0.113.0/24', '203.0.113.0/24', '2001:db8:1::/48', 'fe80::/48', null, null])
})

test('agents are told apart by family and system, never by version, and programs are recognised', () => {
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
  const agents = [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0.0.0 Safari/537.36`,
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    `Mozilla/5.0 (X11; Linux x86_64) ${webkit} HeadlessChrome/126.0.0.0 Safari/537.36`,
    'GymApp/4.2 (iPhone; iOS 18.1)',
    'curl/8.9.1',
    '',
  ].map((text) => toAgent(text))

  assert.deepEqual(
    agents.map(({ name }) => name),
    [
      'Chrome on Windows',
      'Edge on Windows',
      'Safari on iOS',
      'a program',
      'an app on iOS',
      'a program',
      'a program',
    ],
  )
  assert.deepEqual(
    agents.map(({ isProgram }) => isProgram),
    [false, false, false, true, false, true, true],
  )
})

test('distances follow the great circle, also across the date line and at the poles', () => {
  const point = (latitude: number, longitude: number) => ({ latitude, longitude, radiusKm: 0 })

  assert.equal(Math.round(distanceKm(point(52.5, 13.4), point(-33.9, 151.2)) / 100), 161)
  assert.equal(Math.round(distanceKm(point(0, 179.5), point(0, -179.5))), 111)
  assert.equal(Math.round(distanceKm(point(0, 0), point(0, 180))), 20015)
  assert.ok(distanceKm(point(90, 0), point(90, 135)) < 1)
})
