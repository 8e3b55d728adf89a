import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import test from 'node:test'
import type { RefusalReason } from '@countersign/protocol'
import fc from 'fast-check'
import { EPOCH, givenChecker, givenClaims, givenPair, kill, newId, rule } from '../test/given.ts'
import { webBackEnd } from './jwt/signature.ts'
import type { CheckResult } from './verdict.ts'

const pairs = { ES256: await givenPair('ES256'), HS256: await givenPair('HS256') }
const allPairs = Object.values(pairs)
const refused = (reason: RefusalReason): CheckResult => ({ ok: false, code: 'invalid_credential', reason })

test('rule 6: a token that raced a rule dies, one that was minted after it lives', async () => {
  const { checker, feed } = await givenChecker({ keys: allPairs })
  const sub = newId('acc')
  feed([rule(15, 'account', sub)])
  const sign = (pos: number): Promise<string> => pairs.ES256.sign(givenClaims({ sub, pos }))
  assert.deepEqual(checker.check(await sign(14)), refused('revoked'))
  assert.equal((await checker.check(await sign(15))).ok, true)
  assert.equal((await checker.check(await sign(99))).ok, true)
})

test('a new epoch refuses every token of the old one, cached or not', async () => {
  const { checker, feed } = await givenChecker({ keys: allPairs })
  const token = await pairs.ES256.sign(givenClaims())
  assert.ok((await checker.check(token)).ok)

  feed([], { epoch: 'epoch-two', snapshot: true, position: 1 })

  assert.deepEqual(checker.check(token), refused('foreign_epoch'))
  assert.equal(
    (await checker.check(await pairs.ES256.sign(givenClaims({ epoch: 'epoch-two', pos: 1 })))).ok,
    true,
  )
  assert.notEqual(EPOCH, checker.stats().epoch)
})

test('a key that is taken away takes its tokens with it, also one whose signature is being checked', async () => {
  const { checker } = await givenChecker({ keys: [pairs.ES256], backEnd: webBackEnd })
  const token = await pairs.ES256.sign(givenClaims())
  assert.ok((await checker.check(token)).ok)
  const underWay = checker.check(await pairs.ES256.sign(givenClaims()))

  checker.setKeys([])

  assert.deepEqual(await underWay, refused('unknown_key'))
  assert.deepEqual(await checker.check(token), refused('unknown_key'))
})

test('a token whose signature is being checked while its session is ended is refused', async () => {
  const { checker, feed } = await givenChecker({ keys: [pairs.ES256], backEnd: webBackEnd })
  const claims = givenClaims()
  const underWay = checker.check(await pairs.ES256.sign(claims))

  feed([kill(11, 'session', `${claims.sid}`)])

  assert.deepEqual(await underWay, refused('revoked'))
})

test('rule 7: a token does not come back to life when its entry has left and the authority’s clock goes back', async () => {
  const { checker, clock, feed, authorityNowMs } = await givenChecker({ keys: allPairs })
  const claims = givenClaims()
  const token = await pairs.ES256.sign(claims)
  feed([{ ...kill(11, 'session', `${claims.sid}`), expiresAtMs: (Number(claims.exp) + 30) * 1000 }])
  assert.deepEqual(checker.check(token), refused('revoked'))
  clock.advance(2_000)
  feed([], { authorityNowMs: authorityNowMs() + 3_600_000 })
  assert.equal(checker.stats().revokedNodes, 0)

  feed([], { authorityNowMs: authorityNowMs() })

  assert.deepEqual(checker.check(token), refused('expired'))
})

test('the wall clock of the verifier neither revives nor kills a token', async () => {
  for (const jumpMs of [86_400_000, -86_400_000]) {
    const { checker, clock, feed } = await givenChecker({ keys: allPairs })
    const [live, dead] = [
      await pairs.ES256.sign(givenClaims()),
      await pairs.ES256.sign(givenClaims({ exp: 1 })),
    ]
    clock.wallMs += jumpMs
    feed()
    assert.equal((await checker.check(live)).ok, true)
    assert.deepEqual(checker.check(dead), refused('expired'))
  }
})

test('garbage is refused without a call, without a lease and within bounds', async () => {
  const bounds = { refusalsMax: 100, refusalCharactersMax: 20_000, verdictsMax: 50 }
  const given = await givenChecker({ keys: allPairs, fed: false, bounds })
  const good = await pairs.HS256.sign(givenClaims())
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.nat(30).map(cut(good))),
      (text) => {
        if (text === good) return
        const result = given.checker.check(text)
        // Only what looks like a token in every respect needs a lease before anything can be said about it.
        if (!(result instanceof Promise)) assert.equal(result.ok, false)
      },
    ),
    { numRuns: 2_000 },
  )
  await Promise.resolve()
  assert.equal(given.asked.length, 0)
})

const cut =
  (token: string) =>
  (at: number): string =>
    token.slice(at)

test('a flood of forged tokens stays within bounds and drives no good one out', async () => {
  const bounds = { refusalsMax: 100, refusalCharactersMax: 40_000, verdictsMax: 50 }
  const { checker, asked } = await givenChecker({ keys: allPairs, bounds })
  const good = await pairs.HS256.sign(givenClaims())
  assert.equal((await checker.check(good)).ok, true)
  const forge = good.slice(0, good.lastIndexOf('.') + 1)

  for (let index = 0; index < 5_000; index += 1) {
    const mac = createHmac('sha256', `${index}`).update('x').digest('base64url')
    assert.deepEqual(checker.check(forge + mac), refused('bad_signature'))
  }

  const { verdicts, refusals } = checker.stats()
  assert.equal(verdicts, 1)
  assert.ok(refusals <= 100)
  assert.equal(asked.length, 0)
})

test('a verdict cannot be changed by those who share it', async () => {
  const { checker } = await givenChecker({ keys: allPairs })
  const claims = givenClaims({
    addrs: ['10.0.0.1'],
    aud: ['https://api.example.com'],
    resources: ['a'],
    rate: [1, 1],
  })
  const result = await checker.check(await pairs.HS256.sign(claims))
  assert.ok(result.ok)
  const isFrozen = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isFrozen))
  assert.ok(isFrozen(result))
})
