import assert from 'node:assert/strict'
import { createHmac, createPublicKey } from 'node:crypto'
import test from 'node:test'
import { type RefusalReason, signingAlgorithms } from '@countersign/protocol'
import fc from 'fast-check'
import {
  EPOCH,
  type Given,
  givenChecker,
  givenClaims,
  givenPair,
  ISSUER,
  kill,
  newId,
  rule,
  type SigningPair,
} from '../test/given.ts'
import { nodeBackEnd, webBackEnd } from './jwt/signature.ts'
import type { CheckResult } from './verdict.ts'

assert.ok(nodeBackEnd)
const backEnds = { 'node:crypto': nodeBackEnd, 'Web Crypto': webBackEnd }
const pairs = Object.fromEntries(
  await Promise.all(signingAlgorithms.map(async (algorithm) => [algorithm, await givenPair(algorithm)])),
) as Record<(typeof signingAlgorithms)[number], SigningPair>
const allPairs = Object.values(pairs)
const refused = (reason: RefusalReason): CheckResult => ({ ok: false, code: 'invalid_credential', reason })
const encode = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

for (const [name, backEnd] of Object.entries(backEnds)) {
  const given = (): Promise<Given> => givenChecker({ keys: allPairs, backEnd })

  for (const pair of allPairs) {
    const { algorithm } = pair

    test(`${name}, ${algorithm}: no byte of a token can be changed`, async () => {
      const { checker } = await given()
      const token = await pair.sign(givenClaims())
      for (let index = 0; index < token.length; index += algorithm === 'HS256' ? 1 : 11) {
        const changed = token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1)
        assert.equal((await checker.check(changed)).ok, false, `character ${index}`)
      }
      assert.ok((await checker.check(token)).ok)
    })

    test(`${name}, ${algorithm}: what jose signed is accepted, with its path from the root down`, async () => {
      const { checker } = await given()
      const claims = givenClaims({ akid: newId('key'), scope: 'orders:read', addrs: ['10.0.0.0/8'] })
      const token = await pair.sign(claims)

      const result = await checker.check(token)

      assert.ok(result.ok)
      const { verdict } = result
      assert.deepEqual(verdict.credential.path, [
        { kind: 'issuer', id: ISSUER },
        { kind: 'signing_key', id: pair.kid },
        { kind: 'client', id: claims.client_id },
        { kind: 'account', id: claims.sub },
        { kind: 'role', id: 'member' },
        { kind: 'session', id: claims.sid },
        { kind: 'api_key', id: claims.akid },
        { kind: 'grant', id: claims.gid },
        { kind: 'access_token', id: claims.jti },
      ])
      assert.deepEqual(verdict.principal, { kind: 'account', id: claims.sub, name: null, email: null })
      assert.deepEqual(verdict.permissions, ['orders:read'])
      assert.deepEqual(verdict.allowAddresses, ['10.0.0.0/8'])
      assert.equal(verdict.position, claims.pos)
      assert.equal(verdict.credential.expiresAtMs, Number(claims.exp) * 1000)
    })

    test(`${name}, RFC 8725 §3.1: a token under the ${algorithm} key that names another algorithm is refused`, async () => {
      const { checker } = await given()
      const token = await pair.sign(givenClaims())
      const [, payload, signature] = token.split('.')
      const names = [
        'none',
        'None',
        'nOnE',
        'HS256',
        'HS512',
        'RS256',
        'RS384',
        'PS256',
        'ES256',
        'ES384',
        'EdDSA',
      ]
      for (const alg of [...names, 'Ed25519', algorithm.toLowerCase(), `${algorithm} `, '']) {
        if (alg === algorithm) continue
        const head = encode({ alg, typ: 'at+jwt', kid: pair.kid })
        assert.deepEqual(
          await checker.check(`${head}.${payload}.${signature}`),
          refused('wrong_algorithm'),
          alg,
        )
      }
    })

    test(`${name}, ${algorithm}: every node of the path can revoke a token that was issued before`, async () => {
      const claims = givenClaims({ akid: newId('key'), pos: 10 })
      const token = await pair.sign(claims)
      const first = await (await given()).checker.check(token)
      assert.ok(first.ok)
      for (const node of first.verdict.credential.path) {
        for (const makeEntry of [kill, rule]) {
          const warm = await given()
          assert.ok((await warm.checker.check(token)).ok)
          warm.feed([makeEntry(11, node.kind, node.id)])
          const isKeyKill = node.kind === 'signing_key' && makeEntry === kill
          const expected = refused(isKeyKill ? 'unknown_key' : 'revoked')
          assert.deepEqual(await warm.checker.check(token), expected, `warm, ${node.kind}`)

          const cold = await given()
          cold.feed([makeEntry(11, node.kind, node.id)])
          assert.deepEqual(await cold.checker.check(token), expected, `cold, ${node.kind}`)
        }
      }
    })
  }

  test(`${name}: RFC 8725 §2.1: HS256 signed with the public key is refused, in every form of that key`, async () => {
    const { checker } = await given()
    for (const pair of [pairs.RS256, pairs.ES256, pairs.EdDSA]) {
      const key = createPublicKey({ key: { ...pair.publicJwk }, format: 'jwk' })
      const forms = [
        key.export({ type: 'spki', format: 'pem' }),
        key.export({ type: 'spki', format: 'der' }),
        JSON.stringify(pair.publicJwk),
        `${pair.publicJwk.n ?? pair.publicJwk.x}`,
      ]
      for (const form of forms) {
        for (const kid of [pair.kid, pairs.HS256.kid]) {
          const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${encode(givenClaims())}`
          const token = `${input}.${createHmac('sha256', form).update(input).digest('base64url')}`
          const reason = kid === pair.kid ? 'wrong_algorithm' : 'bad_signature'
          assert.deepEqual(await checker.check(token), refused(reason))
        }
      }
    }
  })

  test(`${name}: a token under an unknown key, or under another's \`kid\`, is refused`, async () => {
    const { checker } = await given()
    const claims = givenClaims()
    const stranger = await givenPair('ES256')
    assert.deepEqual(await checker.check(await stranger.sign(claims)), refused('unknown_key'))
    const asOurs = await stranger.sign(claims, { kid: pairs.ES256.kid })
    assert.deepEqual(await checker.check(asOurs), refused('bad_signature'))
    for (const kid of ['', '../../dev/null', "' or 1=1", '__proto__', 'constructor', `${pairs.ES256.kid} `]) {
      assert.deepEqual(await checker.check(await stranger.sign(claims, { kid })), refused('unknown_key'), kid)
    }
  })

  test(`${name}: a wrong signature is told before anything about the claims`, async () => {
    const { checker } = await given()
    const stranger = await givenPair('ES256')
    for (const changes of [{ exp: 0 }, { iss: 'evil' }, { aud: 'x' }, { epoch: 'other' }, { sub: 1 }]) {
      const token = await stranger.sign(givenClaims(changes), { kid: pairs.ES256.kid })
      assert.deepEqual(await checker.check(token), refused('bad_signature'))
    }
  })

  test(`${name}: a token that is signed and wrong in one claim is refused for it`, async () => {
    const { checker } = await given()
    const cases: readonly [object, RefusalReason][] = [
      [{ iss: `${ISSUER}/` }, 'wrong_issuer'],
      [{ aud: 'https://other.example.com' }, 'wrong_audience'],
      [{ exp: 1 }, 'expired'],
      [{ exp: '1800000900' }, 'bad_claims'],
      [{ exp: 4_000_000_000 }, 'bad_claims'],
      [{ nbf: 1_800_000_100 }, 'not_yet_valid'],
      [{ epoch: 'another' }, 'foreign_epoch'],
      [{ pos: undefined }, 'bad_claims'],
      [{ cnf: { jkt: 'x' } }, 'bad_claims'],
    ]
    for (const [changes, reason] of cases) {
      const token = await pairs.EdDSA.sign(givenClaims(changes))
      assert.deepEqual(await checker.check(token), refused(reason), JSON.stringify(changes))
      assert.deepEqual(await checker.check(token), refused(reason), 'and again')
    }
  })

  test(`${name}: a signed payload that names a claim twice is refused`, async () => {
    const { checker } = await given()
    const { k } = pairs.HS256.publicJwk
    const claims = JSON.stringify(givenClaims())
    const payloads = [`${claims.slice(0, -1)},"scope":"*"}`, `\ufeff${claims}`, `${claims}x`, 'null', '']
    for (const payload of payloads) {
      const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: pairs.HS256.kid })}.${encode(payload)}`
      const mac = createHmac('sha256', Buffer.from(`${k}`, 'base64url'))
        .update(input)
        .digest('base64url')
      assert.deepEqual(await checker.check(`${input}.${mac}`), refused('malformed'), payload.slice(0, 20))
    }
  })

  test(`${name}: a token is good through its leeway and refused after it, warm and cold`, async () => {
    const { checker, clock, feed } = await given()
    const token = await pairs.ES256.sign(givenClaims())
    const live = async (ms: number): Promise<boolean> => {
      for (let left = ms; left > 0; left -= 4_000) {
        clock.advance(Math.min(left, 4_000))
        feed()
      }
      return (await checker.check(token)).ok
    }
    assert.ok(await live(1))
    assert.ok(await live(929_998))
    assert.ok(!(await live(1)))
    assert.deepEqual(await checker.check(token), refused('expired'))
  })
}

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
