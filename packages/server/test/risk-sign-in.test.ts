/** A right password in the wrong hands: asked for more, told of, or refused like a wrong one. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DEFAULT_RISK_POLICY, type RiskPolicy } from '@countersign/core'
import { makeMmdb } from '@countersign/tools/mmdb'
import { codeOf, nextStep, personWithTotp } from './authenticator.ts'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'
import { asStranger, ELSEWHERE, FIREFOX, getUsedTo, HOME, signInFrom } from './given-risk.ts'
import { type Inside, inside } from './inside.ts'

async function setPolicy({ services: { core } }: Inside, changes: Partial<RiskPolicy>): Promise<void> {
  const policy = JSON.stringify({ ...DEFAULT_RISK_POLICY, ...changes })
  const audit = {
    id: 'evt_00000000000000000000000000',
    atMs: core.clock.nowMs(),
    type: 'risk.policy_changed',
    outcome: 'success',
    actor: { kind: 'system', id: null, credential: null },
    target: null,
    address: null,
    requestId: null,
    details: {},
  } as const
  await core.store.writeRiskPolicy({ policy, nowMs: core.clock.nowMs(), audit })
}

const BLOCKING: Partial<RiskPolicy> = { notifyAt: 20, stepUpAt: 30, blockAt: 30 }

interface Event {
  readonly id: string
  readonly type: string
  readonly details: Readonly<Record<string, unknown>>
}

async function eventsOf(to: Pick<Inside, 'send' | 'adminKey'>, query: string): Promise<readonly Event[]> {
  const answer = await to.send('GET', `/v1/audit?limit=200&${query}`, { key: to.adminKey })
  return answer.json.items as readonly Event[]
}

/** Everything but the decision's id. */
function look({ status, headers, json }: given.Answer): unknown {
  const { decision_id: _, ...rest } = json
  return { status, headers: [...headers], rest }
}

test('401 for a right password that is blocked, the same to the byte and call by call as for a wrong one', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email } = await given.person(to)
  await getUsedTo(to, email)
  await setPolicy(to, BLOCKING)
  to.takeCalls()

  const wrong = await asStranger(to, email, 'another quiet otter')
  const callsOfWrong = to.takeCalls()
  const blocked = await asStranger(to, email)
  const callsOfBlocked = to.takeCalls()

  assertProblem(blocked, 'invalid_credentials')
  assert.deepEqual(look(blocked), look(wrong))
  assert.deepEqual(callsOfWrong, [
    'store.readSignIn',
    'store.takeSignInTry',
    'passwords.verify',
    'store.readRisk',
    'store.appendAudit',
  ])
  assert.deepEqual(callsOfBlocked, [...callsOfWrong.slice(0, 4), 'store.refuseJudged'])
})

test('a blocked sign-in is in the audit log with its reason, and teaches the profile nothing', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email, id } = await given.person(to)
  await getUsedTo(to, email)
  await setPolicy(to, BLOCKING)
  const before = await to.services.core.store.readRisk(id as `acc_${string}`, 0)
  await asStranger(to, email)

  const [refusal] = await eventsOf(to, `type=sign_in.refused&target=${id}`)
  const [anomaly] = await eventsOf(to, `type=risk.anomaly&target=${id}`)
  const after = await to.services.core.store.readRisk(id as `acc_${string}`, 0)

  assert.equal(refusal?.details.reason, 'risk')
  assert.equal(anomaly?.details.action, 'block')
  assert.equal(anomaly?.details.event, refusal?.id)
  assert.match(String(anomaly?.details.new_network), /^The network 127\.2\.2\.0\/24 /)
  assert.equal(after.profile, before.profile)
})

test('wrong passwords teach nothing either, however many', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email } = await given.person(to)
  await getUsedTo(to, email)
  for (let tried = 0; tried < 12; tried += 1) {
    await asStranger(to, email, 'another quiet otter')
    // The wait that follows the seven failures from the fifth on.
    if (tried >= 4) to.clock.advance(2 ** (tried - 4))
  }

  const answer = await asStranger(to, email)
  const [anomaly] = await eventsOf(to, 'type=risk.anomaly')

  assert.equal(answer.status, 200)
  assert.match(String(anomaly?.details.recent_failures), /^12 wrong passwords/)
})

test('an account with a factor is asked for it as ever, and the reason is the risk', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const who = await personWithTotp(to)
  const atHome = async (): Promise<given.Answer> => {
    nextStep(to.clock)
    const first = await signInFrom(to, who.email)
    const code = codeOf(who.seed, to.clock.nowMs())
    const body = { ticket: given.at(first.json, 'ticket'), factor: 'totp', code }
    const headers = { 'user-agent': FIREFOX }
    return to.send('POST', '/v1/sign-in/factor', { address: HOME, headers, body })
  }
  for (let day = 0; day < 12; day += 1) {
    assert.equal((await atHome()).status, 200)
    to.clock.advance(86_400)
  }

  const home = await signInFrom(to, who.email)
  const elsewhere = await asStranger(to, who.email)

  assert.equal(given.at(home.json, 'reason'), 'account_has_factor')
  assert.equal(given.at(elsewhere.json, 'reason'), 'risk')
  const [anomaly] = await eventsOf(to, 'type=risk.anomaly')
  assert.equal(anomaly?.details.action, 'step_up')
})

test('without a factor the sign-in goes on and is told of; the policy can have it blocked instead', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email, id } = await given.person(to)
  const { email: other } = await given.person(to)
  await getUsedTo(to, email)
  await getUsedTo(to, other)

  const notified = await asStranger(to, email)
  await setPolicy(to, { withoutFactor: 'block' })
  const blocked = await asStranger(to, other)

  assert.equal(notified.status, 200)
  assertProblem(blocked, 'invalid_credentials')
  const [anomaly] = await eventsOf(to, `type=risk.anomaly&target=${id}`)
  assert.equal(anomaly?.details.action, 'notify')
  const [opened] = await eventsOf(to, `type=session.opened&actor=${id}`)
  assert.equal(opened?.details.risk, 'notify')
  assert.equal(anomaly?.details.event, opened?.id)
})

test('the owner is sent word of a session that was opened from a device that is new, and of no other', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email } = await given.person(to)
  await getUsedTo(to, email)
  const waiting = async (): Promise<readonly string[]> => {
    const limits = { nowMs: to.clock.nowMs(), leasedUntilMs: to.clock.nowMs() + 1000, limit: 100 }
    return (await to.services.core.store.claimMails(limits)).map(({ kind }) => kind)
  }

  await signInFrom(to, email)
  await asStranger(to, email, 'another quiet otter')
  const before = await waiting()
  await asStranger(to, email)
  const after = await waiting()

  assert.ok(!before.includes('new_sign_in'))
  assert.deepEqual(after, ['new_sign_in'])
})

test('the owner at home is allowed without a word, also while strangers guess', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email, id } = await given.person(to)
  await getUsedTo(to, email)
  const first = await signInFrom(to, email, { deliver: 'cookie' })
  const cookie = first.headers.getSetCookie()[1]?.split(';')[0] ?? ''
  for (let tried = 0; tried < 30; tried += 1) await asStranger(to, email, 'another quiet otter')
  const before = await eventsOf(to, `type=risk.anomaly&target=${id}`)

  const answer = await signInFrom(to, email, { cookie })
  const [opened] = await eventsOf(to, `type=session.opened&actor=${id}`)

  assert.equal(answer.status, 200)
  assert.equal(opened?.details.risk, 'allow')
  assert.equal((await eventsOf(to, `type=risk.anomaly&target=${id}`)).length, before.length)
})

test('a network that failed as many others is a sign, whoever tries to get in from it', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email } = await given.person(to)
  await getUsedTo(to, email)
  for (let tried = 0; tried < 25; tried += 1) await asStranger(to, `stuffing-${tried}@example.com`)
  await asStranger(to, email)

  const [anomaly] = await eventsOf(to, 'type=risk.anomaly')

  assert.match(String(anomaly?.details.automation), /^25 other accounts/)
})

test('a script is a sign where scripts are not usual, and none to an account that scripts use', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const [person, robot] = [await given.person(to), await given.person(to)]
  const script = { agent: 'python-requests/2.32.3' }
  await getUsedTo(to, person.email)
  for (let day = 0; day < 20; day += 1) await signInFrom(to, robot.email, script)

  await signInFrom(to, person.email, { ...script, address: ELSEWHERE })
  await signInFrom(to, robot.email, { ...script, address: ELSEWHERE })

  const [anomaly, ...others] = await eventsOf(to, `type=risk.anomaly&target=${person.id}`)
  assert.equal(anomaly?.details.automation, 'It was sent by a program and not by a browser or an app.')
  assert.equal(others.length, 0)
  const ofRobot = await eventsOf(to, `type=risk.anomaly&target=${robot.id}`)
  assert.ok(ofRobot.every(({ details }) => details.automation === undefined))
})

test('two sign-ins at once both go through, and one of them is learned', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email, id } = await given.person(to)

  const answers = await Promise.all(Array.from({ length: 5 }, () => signInFrom(to, email)))

  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200, 200],
  )
  const { profile } = await to.services.core.store.readRisk(id as `acc_${string}`, 0)
  const { count } = JSON.parse(profile ?? '{}')
  assert.ok(count >= 1 && count <= 5)
})

test('with a data file a country that is new counts, the session shows its place, and without one it is unknown', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-places-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'places.mmdb')
  const placeOf = (code: string, city: string) => ({
    country: { iso_code: code },
    city: { names: { en: city } },
  })
  await writeFile(
    file,
    makeMmdb({ '127.1.0.0/16': placeOf('DE', 'Berlin'), '127.2.0.0/16': placeOf('AU', 'Sydney') }),
  )
  const to = await inside(t, { ...given.UNLIMITED, COUNTERSIGN_GEO_DATABASE: file })
  const { email } = await given.person(to)
  await getUsedTo(to, email)

  await signInFrom(to, email)
  const stranger = await asStranger(to, email)
  const sessions = await to.send('GET', '/v1/me/sessions', {
    bearer: given.at(stranger.json, 'session_token'),
  })

  const [anomaly] = await eventsOf(to, 'type=risk.anomaly')
  assert.equal(anomaly?.details.new_country, 'This account has not been used from AU before.')
  const places = (sessions.json.items as { place: string | null }[]).map(({ place }) => place)
  assert.deepEqual(new Set(places), new Set(['Sydney, AU', 'Berlin, DE']))
})

/** What `Set-Cookie` gave the browser to be known by; what it brought where nothing new was set. */
const deviceOf = (answer: given.Answer, brought = ''): string =>
  answer.headers
    .getSetCookie()
    .find((one) => one.startsWith('__Host-countersign_device='))
    ?.split(';')[0] ?? brought

test('the same browser at home is another device without its cookie, and known with it', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const { email, id } = await given.person(to)
  let cookie = ''
  for (let day = 0; day < 20; day += 1) {
    cookie = deviceOf(await signInFrom(to, email, { cookie, deliver: 'cookie' }), cookie)
    to.clock.advance(86_400)
  }
  // From elsewhere, so that there is something to be told.
  const away = { address: ELSEWHERE, deliver: 'cookie' } as const

  const strange = await signInFrom(to, email, away)
  const known = await signInFrom(to, email, { ...away, cookie })

  assert.deepEqual([known.status, strange.status], [200, 200])
  const { profile } = await to.services.core.store.readRisk(id as `acc_${string}`, 0)
  const [strangest] = await eventsOf(to, `type=risk.anomaly&target=${id}`)
  const opened = await eventsOf(to, `type=session.opened&target=${given.at(known.json, 'session', 'id')}`)
  assert.match(String(strangest?.details.new_device), /another device than before/)
  assert.equal(opened[0]?.details.risk, 'allow')
  const names = (JSON.parse(profile ?? '{}') as { devices: [string, ...unknown[]][] }).devices
  assert.equal(names.length, 2, 'the one that is known, and the stranger’s')
})

test('a device is learned after a second factor under the name that it is known by', async (t) => {
  const to = await inside(t, given.UNLIMITED)
  const who = await personWithTotp(to)
  let cookie = ''
  for (let day = 0; day < 3; day += 1) {
    to.clock.advance(86_400)
    nextStep(to.clock)
    const first = await signInFrom(to, who.email, { cookie, deliver: 'cookie' })
    const code = codeOf(who.seed, to.clock.nowMs())
    const body = { ticket: given.at(first.json, 'ticket'), factor: 'totp', code }
    const second = await to.send('POST', '/v1/sign-in/factor', { address: HOME, cookie, body })
    assert.equal(second.status, 200)
    cookie = deviceOf(second, cookie)
  }

  const { profile } = await to.services.core.store.readRisk(who.account as `acc_${string}`, 0)

  const listed = await to.services.core.store.listDevices(who.account as `acc_${string}`)
  const names = (JSON.parse(profile ?? '{}') as { devices: [string, ...unknown[]][] }).devices
  assert.ok(listed.length >= 1)
  assert.deepEqual(
    names.map(([name]) => name),
    listed.slice(0, 1).map(({ id }) => id),
  )
})
