/** Keys that a client publishes, over time: a new one is found when somebody signs with it, a withdrawn one is forgotten. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { PAUSE_SECONDS } from '../src/outbound/documents.ts'
import { at, authority, ISSUER, keyOf } from './given.ts'

async function givenKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const sign = (id: string, nowMs: number): Promise<string> => {
    const iat = Math.floor(nowMs / 1000)
    const claims = { iss: id, sub: id, aud: ISSUER, jti: randomUUID(), iat, exp: iat + 60 }
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)
  }
  return { jwk: { ...(await exportJWK(publicKey)), alg: 'ES256', kid }, sign }
}

test('after the pause a new key of the client is found, and one that it withdrew proves nobody', async (t) => {
  const given = await authority(t, { COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8' })
  const [one, two] = [await givenKey('one'), await givenKey('two')]
  let keys = [one.jwk]
  const server = createServer((_, res) => res.end(JSON.stringify({ keys })))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const { owner } = await keyOf(given, ['notes:read'])
  const made = await given.send('POST', '/v1/clients', {
    key: given.adminKey,
    body: {
      id: 'publisher',
      name: 'A client',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      scopes: ['notes:read'],
      service_account_id: owner,
      jwks_uri: `http://127.0.0.1:${port}/jwks`,
    },
  })
  assert.equal(at(made.json, 'client', 'jwks_uri'), `http://127.0.0.1:${port}/jwks`)
  const ask = async (key: typeof one): Promise<number> => {
    const form = {
      grant_type: 'client_credentials',
      client_assertion: await key.sign('publisher', given.clock.nowMs()),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }
    return (await given.send('POST', '/oauth/token', { form })).status
  }
  assert.equal(await ask(one), 200)

  keys = [two.jwk]
  assert.equal(await ask(two), 401)
  given.clock.advance(PAUSE_SECONDS)
  assert.equal(await ask(two), 200)
  assert.equal(await ask(one), 401)
})
