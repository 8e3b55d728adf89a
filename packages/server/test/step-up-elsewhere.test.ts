/** Stepping up as other processes see it: a verifier that follows the feed forgets what it had decided before. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { AAL1, AAL2 } from '@countersign/protocol'
import { createVerifier, type Verifier } from '@countersign/verifier'
import { codeOf, personWithTotp, stepUp } from './authenticator.ts'
import { at, authority, type Given, ISSUER, keyOf, PASSWORD, signedIn, UNLIMITED } from './given.ts'

/** A verifier in front of an API, with the authority behind its `fetch`; it counts what it asks about. */
async function givenVerifier(t: TestContext, given: Given): Promise<{ verifier: Verifier; asked(): number }> {
  let asked = 0
  const { secret } = await keyOf(given, ['credentials:verify', 'revocations:read'])
  const verifier = createVerifier({
    issuer: ISSUER,
    audience: ISSUER,
    key: secret,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      if (request.url.endsWith('/v1/verify')) asked += 1
      return given.authority.fetch(request, { remoteAddress: '127.0.0.1' })
    },
  })
  t.after(() => verifier.close())
  await verifier.ready()
  return { verifier, asked: () => asked }
}

async function seen(verifier: Verifier, credential: string): Promise<readonly unknown[]> {
  const result = await verifier.verify(credential)
  return result.ok ? [result.credential.acr, result.credential.amr] : [result.code]
}

/** Resolves when the verifier has applied the whole log. */
async function caughtUp(verifier: Verifier, { send, adminKey }: Given): Promise<void> {
  const head = await send('POST', '/v1/verify', { key: adminKey, body: { credential: adminKey } })
  assert.equal(head.json.active, true)
  while (verifier.stats().position < Number(head.json.position)) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a verdict that was cached elsewhere before a step-up is asked for again', async (t) => {
  const given = await authority(t, UNLIMITED)
  const { verifier, asked } = await givenVerifier(t, given)
  const who = await personWithTotp(given)
  assert.deepEqual(await seen(verifier, who.bearer), [AAL1, ['pwd']])
  assert.deepEqual(await seen(verifier, who.bearer), [AAL1, ['pwd']])
  assert.equal(asked(), 1)

  const stepped = await stepUp(given, who.bearer, 'totp', codeOf(who.seed, given.clock.nowMs()))
  await caughtUp(verifier, given)

  assert.deepEqual(await seen(verifier, who.bearer), ['invalid_credential'])
  const fresh = at(stepped.json, 'session_token')
  assert.deepEqual(await seen(verifier, fresh), [AAL2, ['pwd', 'otp', 'mfa']])
})

test('an access token from before a step-up is refused elsewhere, and the next one says the new time', async (t) => {
  const given = await authority(t, UNLIMITED)
  const { verifier } = await givenVerifier(t, given)
  const { access_token: before = '', refresh_token = '' } = await signedIn(given, 'jwt')
  assert.deepEqual(await seen(verifier, before), [AAL1, ['pwd']])
  given.clock.advance(300)

  assert.equal((await stepUp(given, before, 'password', PASSWORD)).status, 200)
  await caughtUp(verifier, given)

  assert.deepEqual(await seen(verifier, before), ['invalid_credential'])
  const form = { grant_type: 'refresh_token', client_id: 'first-party', refresh_token }
  const refreshed = await given.send('POST', '/oauth/token', { form })
  const result = await verifier.verify(at(refreshed.json, 'access_token'))
  assert.equal(result.ok && result.credential.authTimeMs, given.clock.nowMs())
})
