// Proofs of possession at an API in each framework: which address and method they have to be made for, also behind a proxy.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { givenClaims, givenPair } from '../given.ts'
import { athOf, givenProofSigner } from '../given-proof.ts'
import { givenVerifier } from '../given-verifier.ts'
import { apis, type OpenApi, type Options } from './apis.ts'
import { send } from './raw-request.ts'

const pair = await givenPair('ES256')
const signer = await givenProofSigner()
const token = await pair.sign(givenClaims({ cnf: { jkt: signer.jkt } }))
const NONCE_KEY = Buffer.alloc(32, 1).toString('base64url')

async function open(t: TestContext, openApi: OpenApi, options: Options, proofs = {}) {
  const { verifier } = await givenVerifier(t, { keys: [pair], proofs })
  const api = await openApi(verifier, { resource: null, ...options })
  t.after(() => api.close())
  const prove = (htu: string, more: Record<string, unknown> = {}) =>
    signer.prove({ htm: 'GET', htu, ath: athOf(token), ...more })
  const ask = (proof: string, lines: readonly string[] = [], path = '/any', method = 'GET') =>
    send(api.port, method, path, [`Authorization: DPoP ${token}`, `DPoP: ${proof}`, ...lines])
  return { port: api.port, prove, ask }
}

for (const [framework, openApi] of Object.entries(apis)) {
  describe(framework, () => {
    test('on this machine a proof is for the address that was asked, its method and its path', async (t) => {
      const { port, prove, ask } = await open(t, openApi, {})
      const here = `http://localhost:${port}/any`

      assert.equal((await ask(await prove(here))).status, 200)
      assert.equal((await ask(await prove(here), [], '/any?page=2')).status, 200)
      for (const [proof, path, method] of [
        [await prove(here), '/any', 'POST'],
        [await prove(`http://localhost:${port}/online`), '/any', 'GET'],
        [await prove('https://evil.example/any'), '/any', 'GET'],
      ] as const) {
        const answer = await ask(proof, [], path, method)
        assert.deepEqual([answer.status, answer.json.code], [401, 'invalid_dpop_proof'])
        assert.match(
          answer.headers.get('www-authenticate') ?? '',
          /^DPoP realm="countersign", error="invalid_dpop_proof", algs="ES256 EdDSA Ed25519"/,
        )
      }
    })

    test('what a request says in Host counts nothing: a server that a proof was sent to cannot send it on', async (t) => {
      const options = { publicUrls: ['https://api.example.com/v1/'], trustedProxies: ['127.0.0.1'] }
      const { port, prove, ask } = await open(t, openApi, options)
      const lines = [
        'X-Forwarded-For: 203.0.113.9',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: evil.example',
      ]

      for (const htu of [
        'https://evil.example/any',
        `http://localhost:${port}/any`,
        'https://api.example.com/any',
      ])
        assert.equal((await ask(await prove(htu), lines)).json.code, 'invalid_dpop_proof', htu)
      assert.equal((await ask(await prove('https://api.example.com/v1/any'), lines)).status, 200)
    })

    test('a stolen token is worth nothing as a bearer token, however often it was seen', async (t) => {
      const { port, prove, ask } = await open(t, openApi, {})
      assert.equal((await ask(await prove(`http://localhost:${port}/any`))).status, 200)

      const stolen = await send(port, 'GET', '/any', [`Authorization: Bearer ${token}`])

      assert.deepEqual([stolen.status, stolen.json.code], [401, 'invalid_credential'])
    })

    test('two proofs are none, and a used one is used', async (t) => {
      const { port, prove, ask } = await open(t, openApi, {})
      const here = `http://localhost:${port}/any`
      const used = await prove(here)
      assert.equal((await ask(used)).status, 200)

      assert.equal((await ask(used)).json.code, 'invalid_dpop_proof')
      assert.equal(
        (await ask(await prove(here), [`DPoP: ${await prove(here)}`])).json.code,
        'invalid_dpop_proof',
      )
    })

    test('§9: the nonce stands in DPoP-Nonce, and the next proof carries it', async (t) => {
      const { port, prove, ask } = await open(t, openApi, {}, { nonceKey: NONCE_KEY })
      const here = `http://localhost:${port}/any`

      const first = await ask(await prove(here))
      const nonce = first.headers.get('dpop-nonce')

      assert.deepEqual([first.status, first.json.code], [401, 'use_dpop_nonce'])
      assert.match(first.headers.get('www-authenticate') ?? '', /error="use_dpop_nonce"/)
      assert.equal((await ask(await prove(here, { nonce }))).status, 200)
    })
  })
}
