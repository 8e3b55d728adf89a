/** The vectors about single access tokens: one stage for all of them, since each is decided by itself. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newSigningKey } from '../fake/credentials.ts'
import type { Command } from '../program.ts'
import { type OpenStage, openStage } from '../stage.ts'
import { acceptedClaims, refusedClaims } from './token-claims.ts'
import { refusedForms, refusedHeaders, refusedSignatures } from './token-forms.ts'

const UNKNOWN_KEY_MS = 5_000

const keys = { rsa: newSigningKey('RS256'), ed25519: newSigningKey('EdDSA') }

export function describeAccessTokens(command: Command): void {
  describe('access tokens', { concurrency: 1 }, () => {
    let stage: OpenStage
    let startedMs = 0
    before(async () => {
      startedMs = performance.now()
      stage = await openStage(command, {
        before: (authority) => {
          const foreign = { kty: 'oct', k: 'c2VjcmV0', kid: 'shared', alg: 'HS512' }
          authority.keys = [...authority.keys, foreign, keys.rsa.jwk, keys.ed25519.jwk]
        },
      })
    })
    after(() => stage.close())

    for (const [what] of refusedClaims()) {
      test(`rightly signed, with ${what}: refused`, async () => {
        const claims = refusedClaims().find(([name]) => name === what)?.[1]

        assert.equal(await stage.decided({ bearer: stage.token(claims) }), 401)
      })
    }

    for (const [what, make] of refusedHeaders) {
      test(`a header with ${what}: refused`, async () => {
        assert.equal(await stage.decided({ bearer: make(stage, keys.rsa) }), 401)
      })
    }

    for (const [what, make] of [...refusedSignatures, ...refusedForms]) {
      test(`a token with ${what}: refused`, async () => {
        assert.equal(await stage.decided({ bearer: make(stage, keys.rsa) }), 401)
      })
    }

    for (const [what] of acceptedClaims()) {
      test(`a good token with ${what}: accepted`, async () => {
        const claims = acceptedClaims().find(([name]) => name === what)?.[1]

        assert.equal(await stage.decided({ bearer: stage.token(claims) }), 200)
      })
    }

    for (const typ of ['AT+JWT', 'application/at+jwt', 'Application/AT+JWT']) {
      test(`a good token of the type ${typ}: accepted`, async () => {
        assert.equal(await stage.decided({ bearer: stage.token({}, { header: { typ } }) }), 200)
      })
    }

    for (const key of [keys.rsa, keys.ed25519]) {
      test(`a good token with ${key.alg}: accepted, and altered: refused`, async () => {
        const token = stage.token({}, { key })
        const [head, body, end = ''] = token.split('.')

        const altered = `${head}.${body}.${end.startsWith('A') ? 'B' : 'A'}${end.slice(1)}`

        assert.equal(await stage.decided({ bearer: altered }), 401)
        assert.equal(await stage.decided({ bearer: token }), 200)
      })
    }

    test('a good token: subject, kind and id are told', async () => {
      const claims = { sub: 'svc_00000000000000000000000000', jti: 'jwt_00000000000000000000000000' }

      const answer = await stage.answer({ bearer: stage.token(claims) })

      assert.deepEqual(answer.json, { sub: claims.sub, kind: 'access_token', credential: claims.jti })
    })

    test('none of them was shown to the authority, and the key set was hardly fetched for them', () => {
      assert.equal(stage.asked(), 0)
      // A few around the start, and for unknown keys one in five seconds.
      const fetchesMax = 4 + (performance.now() - startedMs) / UNKNOWN_KEY_MS
      assert.ok(stage.line.passed('/.well-known/jwks.json').length <= fetchesMax)
    })
  })
}
