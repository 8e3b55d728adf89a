import assert from 'node:assert/strict'
import { createHmac, createPublicKey } from 'node:crypto'
import test from 'node:test'
import { type RefusalReason, signingAlgorithms } from '@countersign/protocol'
import {
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
