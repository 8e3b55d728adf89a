import assert from 'node:assert/strict'
import test from 'node:test'
import type { RefusalReason } from '@countersign/protocol'
import { createDeferred } from '../test/deferred.ts'
import {
  AUDIENCE,
  givenChecker,
  givenOpaque,
  givenVerdict,
  ISSUER,
  kill,
  NOW_SECONDS,
  rule,
} from '../test/given.ts'
import type { AskAnswer, CheckResult } from './verdict.ts'

const refused = (reason: RefusalReason): CheckResult => ({ ok: false, code: 'invalid_credential', reason })
const unreachable = { ok: false, code: 'verifier_unavailable', reason: 'authority_unreachable' }
const active = (credential: string, changes: object = {}): AskAnswer => ({
  kind: 'active',
  verdict: givenVerdict(credential, changes),
})

for (const kind of ['session', 'api_key'] as const) {
  test(`${kind}: the first sight asks once, the next ones are answered at once from memory`, async () => {
    const { checker, asked } = await givenChecker()
    const { text, id } = givenOpaque(kind)

    const first = await checker.check(text)
    const second = checker.check(text)

    assert.ok(first.ok && !(second instanceof Promise))
    assert.equal(second, first)
    assert.deepEqual(first.verdict.credential.id, id)
    assert.deepEqual(asked, [text])
  })

  test(`${kind}: a wrong checksum, another style and other shapes are refused without a call`, async () => {
    const { checker, asked, feed } = await givenChecker({ fed: false })
    const { text } = givenOpaque(kind)
    const shapes = [
      text.slice(0, -1),
      `${text}0`,
      text.replace('cs_', 'xx_'),
      text.replace('live', 'test'),
      '',
    ]
    for (const shape of [...shapes, ` ${text}`, text.toUpperCase()]) {
      assert.deepEqual(checker.check(shape), refused('malformed'), shape)
    }
    feed()
    assert.equal(asked.length, 0)
  })
}

test('a refresh token is of the wrong type, and nobody is asked about it', async () => {
  const { checker, asked } = await givenChecker()
  assert.deepEqual(checker.check(givenOpaque('refresh').text), refused('wrong_type'))
  assert.equal(asked.length, 0)
})

test('many first sights of one credential at once are one call', async () => {
  const given = await givenChecker()
  const { text } = givenOpaque('session')
  const answer = createDeferred<AskAnswer>()
  given.ask = () => answer.promise

  const checks = Array.from({ length: 100 }, () => given.checker.check(text))
  answer.resolve(active(text))
  const results = await Promise.all(checks)

  assert.equal(given.asked.length, 1)
  assert.equal(new Set(results).size, 1)
  assert.ok(results[0]?.ok)
})

test('a refusal is handed on with its reason and remembered briefly', async () => {
  const given = await givenChecker({ bounds: { refusalKeepMs: 1_000 } })
  const { text } = givenOpaque('session')
  given.ask = async () => ({ kind: 'refused', reason: 'idle' })
  assert.deepEqual(await given.checker.check(text), refused('idle'))
  assert.deepEqual(given.checker.check(text), refused('idle'))
  given.clock.advance(1_000)
  given.ask = async () => active(text)

  assert.ok((await given.checker.check(text)).ok)
  assert.equal(given.asked.length, 2)
})

test('an authority that cannot be asked is an outage, and nothing of it is remembered', async () => {
  const given = await givenChecker()
  const { text } = givenOpaque('api_key')
  given.ask = () => Promise.reject(new Error('away'))
  assert.deepEqual(await given.checker.check(text), unreachable)
  given.ask = () => {
    throw new Error('away')
  }
  assert.deepEqual(await given.checker.check(text), unreachable)
  given.ask = async () => active(text)
  assert.ok((await given.checker.check(text)).ok)
})

test('rule 4: a verdict is used for 60 seconds at most, and never past its own end or the credential’s', async () => {
  const until = async (changes: object, expiresInSeconds: number | null): Promise<number> => {
    const given = await givenChecker()
    const { text } = givenOpaque('api_key')
    const verdict = givenVerdict(text, changes)
    const expiresAtMs = expiresInSeconds === null ? null : (NOW_SECONDS + expiresInSeconds) * 1000
    const credential = { ...verdict.credential, expiresAtMs }
    given.ask = async () => ({ kind: 'active', verdict: { ...verdict, credential } })
    await given.checker.check(text)
    let seconds = 0
    for (; seconds < 100 && !(given.checker.check(text) instanceof Promise); seconds += 1) {
      given.clock.advance(1_000)
      given.feed()
    }
    return seconds
  }
  const forever = { usableUntilMs: 4_000_000_000_000 }
  assert.equal(await until(forever, null), 60)
  assert.equal(await until(forever, 86_400), 60)
  assert.equal(await until(forever, 7), 7)
  assert.equal(await until({ usableUntilMs: (NOW_SECONDS + 20) * 1000 }, 30), 20)
})

test('a verdict that has run out is asked again and not refused', async () => {
  const given = await givenChecker()
  const { text } = givenOpaque('session')
  given.ask = async () => active(text, { usableUntilMs: given.authorityNowMs() + 1_000 })
  assert.ok((await given.checker.check(text)).ok)
  given.clock.advance(1_000)
  assert.ok((await given.checker.check(text)).ok)
  assert.equal(given.asked.length, 2)
})

test('a session that was ended by id is refused without a call; one under a rule is asked again', async () => {
  const given = await givenChecker()
  const [ended, ruled] = [givenOpaque('session'), givenOpaque('session')]
  const verdict = givenVerdict(ruled.text)
  given.ask = async () => ({ kind: 'active', verdict })
  await given.checker.check(ruled.text)
  given.feed([kill(11, 'session', ended.id), rule(12, 'account', verdict.principal.id)])

  assert.deepEqual(await given.checker.check(ended.text), refused('revoked'))
  assert.equal(given.asked.length, 1)
  given.ask = async () => ({ kind: 'active', verdict: { ...verdict, position: 12 } })
  assert.ok((await given.checker.check(ruled.text)).ok)
  assert.equal(given.asked.length, 2)
})

test('rule 5: an answer that was decided before an entry on its path is asked again, and not used', async () => {
  const given = await givenChecker()
  const { text } = givenOpaque('session')
  const verdict = givenVerdict(text, { position: 10 })
  let count = 0
  given.ask = async () => {
    count += 1
    // The entry arrives while the first answer is on its way.
    if (count === 1) given.feed([rule(11, 'account', verdict.principal.id)])
    return count === 1 ? { kind: 'active', verdict } : { kind: 'refused', reason: 'revoked' }
  }

  assert.deepEqual(await given.checker.check(text), refused('revoked'))
  assert.equal(count, 2)
})

test('an answer that is overtaken again and again ends as an outage after three questions', async () => {
  const given = await givenChecker()
  const { text } = givenOpaque('session')
  const verdict = givenVerdict(text)
  given.ask = async () => {
    const position = given.checker.stats().position
    given.feed([rule(position + 1, 'account', verdict.principal.id)])
    return { kind: 'active', verdict: { ...verdict, position } }
  }

  assert.deepEqual(await given.checker.check(text), unreachable)
  assert.equal(given.asked.length, 3)
})

test('an answer from the epoch before is asked again, however high its position', async () => {
  const given = await givenChecker()
  const { text, id } = givenOpaque('session')
  const verdict = givenVerdict(text, { position: 1_000 })
  given.ask = async () => {
    if (given.asked.length > 1) return { kind: 'refused', reason: 'ended' }
    given.feed([rule(2, 'session', id)], { epoch: 'epoch-two', snapshot: true, position: 2 })
    return { kind: 'active', verdict }
  }

  assert.deepEqual(await given.checker.check(text), refused('ended'))
  assert.equal(given.checker.stats().verdicts, 0)
})

test('rule 5: an answer that took longer than the lease is thrown away, by either clock', async () => {
  for (const pass of ['advance', 'suspend'] as const) {
    const given = await givenChecker()
    const { text } = givenOpaque('session')
    given.ask = async () => {
      given.clock[pass](5_000)
      given.feed()
      return active(text)
    }
    assert.deepEqual(await given.checker.check(text), unreachable, pass)
    assert.equal(given.checker.stats().verdicts, 0)
  }
})

test('a verdict for other audiences is refused, and one without any too', async () => {
  for (const audiences of [[], ['https://other.example.com'], [`${AUDIENCE}/`]]) {
    const given = await givenChecker()
    const { text } = givenOpaque('session')
    given.ask = async () => active(text, { audiences })
    assert.deepEqual(await given.checker.check(text), refused('wrong_audience'))
  }
})

test('an answer about another credential is no answer, and accepts nobody', async () => {
  const given = await givenChecker()
  const { text } = givenOpaque('session')
  for (const other of [givenOpaque('session').text, givenOpaque('api_key').text]) {
    given.ask = async () => active(other)
    assert.deepEqual(await given.checker.check(text), unreachable)
  }
})

test('a verdict whose path left out the issuer, the principal or itself can be revoked by them', async () => {
  const { text, id } = givenOpaque('session')
  const verdict = givenVerdict(text)
  const bare = { ...verdict, credential: { ...verdict.credential, path: [] } }
  const nodes = [
    rule(11, 'issuer', ISSUER),
    rule(11, 'account', verdict.principal.id),
    rule(11, 'session', id),
  ]
  for (const entry of nodes) {
    const given = await givenChecker()
    given.ask = async () => ({ kind: 'active', verdict: bare })
    assert.ok((await given.checker.check(text)).ok)
    given.feed([entry])
    assert.ok(given.checker.check(text) instanceof Promise, entry.kind)
  }
})

test('the verdict that is shared is a frozen copy; the asker’s own stays as it was', async () => {
  const given = await givenChecker()
  const { text } = givenOpaque('session')
  const verdict = givenVerdict(text, { rateLimit: { requests: 1, perSeconds: 1 } })
  given.ask = async () => ({ kind: 'active', verdict })
  const result = await given.checker.check(text)
  assert.ok(result.ok)
  const isFrozen = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isFrozen))
  assert.ok(isFrozen(result))
  assert.ok(!Object.isFrozen(verdict.permissions) && !Object.isFrozen(verdict.credential.path))
})

test('a flood of unknown keys asks no more at once than the bound, and none of it is held', async () => {
  const given = await givenChecker({ bounds: { asksMax: 5, refusalsMax: 20 } })
  const answer = createDeferred<AskAnswer>()
  given.ask = () => answer.promise

  const checks = Array.from({ length: 500 }, () => given.checker.check(givenOpaque('api_key').text))
  assert.equal(given.asked.length, 5)
  assert.equal(given.checker.stats().asksInFlight, 5)
  answer.resolve({ kind: 'refused', reason: 'unknown' })
  const results = await Promise.all(checks)

  assert.deepEqual(
    results.filter(({ ok }) => ok),
    [],
  )
  const { verdicts, refusals, asksInFlight } = given.checker.stats()
  assert.deepEqual([verdicts, asksInFlight], [0, 0])
  assert.ok(refusals <= 20)
})

test('questions that are never answered make room after the lease time', async () => {
  const given = await givenChecker({ bounds: { asksMax: 2 } })
  const { text } = givenOpaque('session')
  given.ask = () => new Promise(() => {})
  const stuck = [text, givenOpaque('session').text].map((one) => given.checker.check(one))
  assert.equal(stuck.length, 2)
  assert.deepEqual(await given.checker.check(givenOpaque('session').text), unreachable)
  given.clock.advance(5_000)
  given.feed()

  given.ask = async (credential) => active(credential)

  assert.ok((await given.checker.check(givenOpaque('session').text)).ok)
  assert.ok((await given.checker.check(text)).ok)
})
