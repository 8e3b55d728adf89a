/** The vectors about the log itself: snapshots, pages, repeats, epochs, what was pruned, and whose time counts. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { REFUSED } from '../fake/authority.ts'
import { goodClaims, makeToken, newId, newSigningKey } from '../fake/credentials.ts'
import type { Command } from '../program.ts'
import { givenStage } from '../stage.ts'
import { throughout, until } from '../until.ts'

const FEED = '/v1/revocations'
const HOUR_MS = 3_600_000
/** Tokens with unknown keys may cause one fetch in so long. */
const UNKNOWN_KEY_MS = 5_000

export function describeLog(command: Command): void {
  describe('the log', { concurrency: 6 }, () => {
    describePages(command)
    describeEpochs(command)
    describeTimes(command)
    describeKeys(command)
  })
}

const isInTime = (afterMs: number | null, leaseMs: number): boolean => afterMs !== null && afterMs < leaseMs

function describePages(command: Command): void {
  test('polls: one at a time, of one verifier, first without a position and then from where they are', async (t) => {
    const stage = await givenStage(t, command)
    const position = stage.authority.log.kill('session', newId('ses'))

    await stage.authority.acknowledged(position)

    const asked = stage.line.passed(FEED)
    const polls = asked.map(({ query }) => query)
    assert.equal(new Set(polls.map((query) => query.get('verifier'))).size, 1)
    assert.match(polls[0]?.get('verifier') ?? '', /^[A-Za-z0-9_-]{16,64}$/)
    // What was given up, or came after the lease that it grants, has told nothing: it is asked again as it was.
    const told = asked.findIndex(({ answeredAfterMs }) => isInTime(answeredAfterMs, stage.authority.leaseMs))
    const first = polls.slice(0, told + 1)
    const later = polls.slice(told + 1)
    assert.ok(first.length > 0 && later.length > 0)
    assert.ok(first.every((query) => query.get('epoch') === null && query.get('after') === null))
    assert.ok(later.every((query) => query.get('epoch') === stage.authority.log.epoch))
    assert.deepEqual(
      later.map((query) => Number(query.get('after'))),
      later.map((query) => Number(query.get('after'))).toSorted((a, b) => a - b),
    )
  })

  test('while nothing happens it hardly polls', async (t) => {
    const stage = await givenStage(t, command)
    const before = stage.line.passed(FEED).length
    const startedMs = performance.now()

    await throughout(2_000, 'it serves', async () => (await stage.decided({ bearer: stage.token() })) === 200)

    // A lease that has run out would be a reason to hurry; this one cannot.
    const pollsMax = 2 + (2 * (performance.now() - startedMs)) / 1000
    const polls = stage.line.passed(FEED).length - before
    assert.ok(polls <= pollsMax, `It polled ${polls} times.`)
  })

  test('a lease too short for a hold does not make it poll without a pause', async (t) => {
    const stage = await givenStage(t, command, { leaseMs: 1_000 })
    const before = stage.line.passed(FEED).length
    const startedMs = performance.now()

    await throughout(1_500, 'it answers', async () => (await stage.status({ bearer: stage.token() })) !== 401)

    const perSecond = ((stage.line.passed(FEED).length - before) * 1000) / (performance.now() - startedMs)
    assert.ok(perSecond <= 25, `It polled ${perSecond} times a second.`)
  })

  test('what was revoked before the program started is refused, however many pages it takes', async (t) => {
    const ended = Array.from({ length: 25 }, () => newId('ses'))
    const stage = await givenStage(t, command, {
      pageSize: 4,
      before: ({ log }) => {
        for (const id of ended) log.kill('session', id)
      },
    })

    for (const sid of ended) assert.equal(await stage.decided({ bearer: stage.token({ sid }) }), 401)
    assert.equal(await stage.decided({ bearer: stage.token() }), 200)
  })

  test('pages that never end give no lease', async (t) => {
    const stage = await givenStage(t, command, {
      cold: true,
      before: (authority) => {
        authority.log.kill('session', newId('ses'))
        authority.bend = (answer) => ({ ...answer, more: true, lease_ms: 0 })
      },
    })

    await throughout(
      1_500,
      'nothing is served',
      async () => (await stage.status({ bearer: stage.token() })) === 503,
    )
  })

  test('entries that come twice change nothing, and new ones behind them count', async (t) => {
    const stage = await givenStage(t, command)
    const [first, second] = [newId('ses'), newId('ses')]
    await stage.authority.acknowledged(stage.authority.log.kill('session', first))

    stage.authority.bend = (answer) => ({ ...answer, entries: stage.authority.log.entries })
    await stage.authority.acknowledged(stage.authority.log.kill('session', second))

    assert.equal(await stage.decided({ bearer: stage.token({ sid: first }) }), 401)
    assert.equal(await stage.decided({ bearer: stage.token({ sid: second }) }), 401)
    assert.equal(await stage.decided({ bearer: stage.token() }), 200)
  })

  test('positions are dense: where an entry is missing, what was issued before it is refused', async (t) => {
    const stage = await givenStage(t, command)
    const { authority } = stage
    const [ended, bystander, session] = [newId('ses'), stage.token(), stage.opaque('session')]
    const token = stage.token({ sid: ended })
    for (const bearer of [token, bystander, session.credential])
      assert.equal(await stage.decided({ bearer }), 200)
    const asked = stage.asked()

    authority.log.killAndPrune('session', ended)
    const position = authority.log.kill('session', newId('ses'))
    authority.verdicts.set(session.credential, { ...session.verdict, position })
    await authority.acknowledged(position)

    assert.equal(await stage.decided({ bearer: token }), 401)
    assert.equal(await stage.decided({ bearer: bystander }), 401)
    assert.equal(await stage.decided({ bearer: stage.token() }), 200)
    assert.equal(await stage.decided({ bearer: session.credential }), 200)
    assert.equal(stage.asked(), asked + 1)
  })

  test('a program that starts when entries have left the log refuses what is older than they are', async (t) => {
    const ended = newId('ses')
    const stage = await givenStage(t, command, {
      before: ({ log }) => {
        log.killAndPrune('session', ended)
        log.kill('session', newId('ses'))
      },
    })
    const { epoch } = stage.authority.log

    const old = makeToken({ key: stage.key, claims: goodClaims(epoch, 0, { sid: ended }) })

    assert.equal(await stage.decided({ bearer: old }), 401)
  })

  test('an entry of a kind that nobody knows yet disturbs nothing', async (t) => {
    const stage = await givenStage(t, command)

    await stage.authority.acknowledged(stage.authority.log.kill('device', 'dev_1'))

    assert.equal(await stage.decided({ bearer: stage.token() }), 200)
  })
}

function describeEpochs(command: Command): void {
  test('a new epoch: what was in memory is dropped, tokens of the old one are refused', async (t) => {
    const stage = await givenStage(t, command)
    const { authority } = stage
    const [old, session] = [stage.token(), stage.opaque('session')]
    assert.equal(await stage.decided({ bearer: old }), 200)
    assert.equal(await stage.decided({ bearer: session.credential }), 200)
    authority.verdicts.set(session.credential, REFUSED)

    authority.log.beginEpoch()
    await authority.acknowledged(authority.log.kill('session', newId('ses')))

    assert.equal(await stage.decided({ bearer: old }), 401)
    assert.equal(await stage.decided({ bearer: session.credential }), 401)
    assert.equal(await stage.decided({ bearer: stage.token() }), 200)
  })

  test('a log that went backwards: nothing is served until the epoch changes', async (t) => {
    const stage = await givenStage(t, command)
    const { authority } = stage
    authority.log.kill('session', newId('ses'))
    await authority.acknowledged(authority.log.kill('session', newId('ses')))
    const status = (): Promise<number> => stage.status({ bearer: stage.token() })

    authority.log.goBackTo(1)

    // The lease of a minute could not have run out by itself.
    await until('nothing is served', async () => (await status()) === 503)
    await throughout(1_000, 'nothing is served', async () => (await status()) === 503)
    // Also when it has grown past the place again: these are other entries.
    for (let count = 0; count < 5; count += 1) authority.log.kill('session', newId('ses'))
    await throughout(1_000, 'nothing is served', async () => (await status()) === 503)
    authority.log.beginEpoch()
    await until('it is served', async () => (await status()) === 200)
  })
}

function describeTimes(command: Command): void {
  test('the authority’s clock counts: two hours before ours, and its tokens are good and end in time', async (t) => {
    const stage = await givenStage(t, command, {
      cold: true,
      before: (authority) => {
        authority.clockAheadMs = 2 * HOUR_MS
      },
    })
    const there = Math.floor((Date.now() + 2 * HOUR_MS) / 1000)
    const token = stage.token({ iat: there, exp: there + 600 })

    await until('it is served', async () => (await stage.status({ bearer: token })) === 200)

    const ended = stage.token({ iat: there - 900, exp: there - 60 })
    assert.equal(await stage.decided({ bearer: ended }), 401)
    assert.equal(await stage.decided({ bearer: stage.token() }), 401)
  })

  test('what ended by the time that entries were pruned stays ended when the clock is set back', async (t) => {
    const stage = await givenStage(t, command)
    const nowSeconds = Math.floor(Date.now() / 1000)
    const token = stage.token({ exp: nowSeconds + 300 })
    assert.equal(await stage.decided({ bearer: token }), 200)

    stage.authority.log.prunedUntil = new Date((nowSeconds + 400) * 1000).toISOString()
    await stage.authority.acknowledged(stage.authority.log.kill('session', newId('ses')))

    assert.equal(await stage.decided({ bearer: token }), 401)
    assert.equal(await stage.decided({ bearer: stage.token({ exp: nowSeconds + 300 }) }), 401)
    assert.equal(await stage.decided({ bearer: stage.token({ exp: nowSeconds + 900 }) }), 200)
  })

  test('an entry whose time has passed may go; what it ended stays ended when the clock is set back', async (t) => {
    const stage = await givenStage(t, command)
    const { authority } = stage
    const sid = newId('ses')
    const token = stage.token({ sid, exp: Math.floor(Date.now() / 1000) + 300 })
    await authority.acknowledged(authority.log.kill('session', sid, 400_000))
    authority.clockAheadMs = HOUR_MS
    await authority.acknowledged(authority.log.kill('session', newId('ses')))
    assert.equal(await stage.decided({ bearer: token }), 401)

    authority.clockAheadMs = 0
    await authority.acknowledged(authority.log.kill('session', newId('ses')))

    assert.equal(await stage.decided({ bearer: token }), 401)
  })
}

function describeKeys(command: Command): void {
  test('an announced key is fetched before its announcement is acknowledged, and good at once', async (t) => {
    const stage = await givenStage(t, command)
    const key = newSigningKey('ES256')
    stage.authority.keys = [...stage.authority.keys, key.jwk]

    await stage.authority.acknowledged(stage.authority.log.announce(key.kid))
    const fetched = stage.line.passed('/.well-known/jwks.json').length

    assert.equal(await stage.decided({ bearer: stage.token({}, { key }) }), 200)
    assert.equal(stage.line.passed('/.well-known/jwks.json').length, fetched)
    assert.equal(await stage.decided({ bearer: stage.token() }), 200)
  })

  test('a key that nobody announced is found by its id, and unknown ones do not flood the authority', async (t) => {
    const stage = await givenStage(t, command)
    const key = newSigningKey('ES256')
    stage.authority.keys = [...stage.authority.keys, key.jwk]
    const before = stage.line.passed('/.well-known/jwks.json').length
    const unknown = newSigningKey('ES256')
    const startedMs = performance.now()

    for (let count = 0; count < 30; count += 1) {
      assert.equal(await stage.decided({ bearer: stage.token({}, { key: unknown }) }), 401)
    }
    const fetchesMax = 2 + (performance.now() - startedMs) / UNKNOWN_KEY_MS
    assert.ok(stage.line.passed('/.well-known/jwks.json').length - before <= fetchesMax)
    await until(
      'the new key is known',
      async () => (await stage.status({ bearer: stage.token({}, { key }) })) === 200,
    )
  })

  test('a key that is no longer in the set: what it signed is refused, also from memory', async (t) => {
    const stage = await givenStage(t, command)
    const token = stage.token()
    assert.equal(await stage.decided({ bearer: token }), 200)
    const next = newSigningKey('ES256')

    stage.authority.keys = [next.jwk]
    await stage.authority.acknowledged(stage.authority.log.announce(stage.key.kid))

    assert.equal(await stage.decided({ bearer: token }), 401)
    const { epoch, position } = stage.authority.log
    const claims = goodClaims(epoch, position)
    assert.equal(await stage.decided({ bearer: stage.token(claims, { key: next }) }), 200)
  })
}
