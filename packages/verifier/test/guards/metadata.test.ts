// The protected-resource metadata (RFC 9728) and what it is made of, in each framework; and settings that cannot be meant.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createGuard } from '../../src/guards/node.ts'
import { apis } from './apis.ts'
import { createFakeVerifier } from './fake-verifier.ts'
import { send } from './raw-request.ts'

for (const [framework, open] of Object.entries(apis)) {
  describe(framework, () => {
    test('the document names the API and its authority, and everybody may read it', async (t) => {
      const options = {
        resource: 'https://gym.example.com/v2',
        resourceName: 'The gym',
        scopesSupported: ['gym:enter'],
      }
      const api = await open(createFakeVerifier(), options)
      t.after(() => api.close())

      const { status, json, headers } = await send(
        api.port,
        'GET',
        '/.well-known/oauth-protected-resource/v2',
      )
      const refused = await send(api.port, 'GET', '/any')

      assert.equal(status, 200)
      assert.deepEqual(json, {
        resource: 'https://gym.example.com/v2',
        authorization_servers: ['https://auth.example.com'],
        bearer_methods_supported: ['header'],
        scopes_supported: ['gym:enter'],
        resource_name: 'The gym',
      })
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
      assert.equal(headers.get('access-control-allow-origin'), '*')
      assert.match(
        refused.headers.get('www-authenticate') ?? '',
        /resource_metadata="https:\/\/gym\.example\.com\/\.well-known\/oauth-protected-resource\/v2"$/,
      )
    })

    test('an API that is not called by a URL has no document, and its challenges name none', async (t) => {
      const api = await open(createFakeVerifier(['gym']))
      t.after(() => api.close())

      const { status } = await send(api.port, 'GET', '/.well-known/oauth-protected-resource')
      const refused = await send(api.port, 'GET', '/any')

      assert.equal(status, 404)
      assert.equal(refused.headers.get('www-authenticate'), 'Bearer realm="countersign"')
    })

    test('a CSRF token is asked about only where the browser says nothing, and only what is true lets in', async (t) => {
      const verifier = createFakeVerifier()
      verifier.let('cs_seslive_ada')
      const asked: string[] = []
      const api = await open(verifier, {
        isCsrfToken: async (token, caller) => {
          asked.push(`${token} of ${caller.credential.id}`)
          return token === 'good'
        },
      })
      t.after(() => api.close())
      const post = async (...lines: string[]): Promise<number> =>
        (
          await send(api.port, 'POST', '/any', [
            'Cookie: __Host-countersign_session=cs_seslive_ada',
            ...lines,
          ])
        ).status

      assert.equal(await post('X-CSRF-Token: bad'), 403)
      assert.equal(await post('X-CSRF-Token: good', 'Origin: https://evil.example'), 403)
      assert.equal(await post('X-CSRF-Token: good', 'X-CSRF-Token: good'), 403)
      assert.equal(await post(), 403)
      assert.equal(await post('X-CSRF-Token: good'), 200)
      assert.deepEqual(
        asked,
        ['bad', 'good, good', 'good'].map((token) => `${token} of id of cs_seslive_ada`),
      )
    })
  })
}

const wrong = {
  'a resource by plain HTTP': { resource: 'http://gym.example.com' },
  'a resource with a fragment': { resource: 'https://gym.example.com/#gym' },
  'a resource that is no URL': { resource: 'gym' },
  'a realm with a quote': { realm: 'the "gym"' },
  'an origin with a path': { origins: ['https://gym.example.com/'] },
  'any origin': { allowedOrigins: ['*'] },
  'the opaque origin': { allowedOrigins: ['null'] },
  'a proxy by name': { trustedProxies: ['proxy'] },
}
for (const [name, options] of Object.entries(wrong)) {
  test(`settings that cannot be meant are refused: ${name}`, () => {
    assert.throws(() => createGuard(createFakeVerifier(), options), RangeError)
  })
}

for (const [name, requirements] of Object.entries({
  'a scope with a quote': { scope: 'a "b"' },
  'a scope with two spaces': { scope: 'a  b' },
  'an ACR value with a space': { acr: ['urn:a urn:b'] },
  'an ACR value with a quote': { acr: ['"'] },
  'an empty ACR value': { acr: [''] },
})) {
  test(`requirements that cannot be told are refused: ${name}`, () => {
    assert.throws(() => createGuard(createFakeVerifier())(requirements, () => undefined), RangeError)
  })
}
