/** What reads passkeys is loaded with the first one: whoever has none pays neither time nor memory for it (ADR 0017). */
import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { test } from 'node:test'

const loaded: string[] = []
registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier.startsWith('@simplewebauthn/')) loaded.push(specifier)
    return next(specifier, context)
  },
})

test('starting, signing up and signing in load nothing of it; the first answer of a passkey does', async (t) => {
  const given = await import('./given.ts')
  const { askToSignIn } = await import('./passkeys.ts')
  const { samples } = await import('./walk.ts')
  const to = await given.authority(t)
  await given.signedIn(to, 'session_token')
  await askToSignIn(to)
  assert.deepEqual(loaded, [])

  const answer = await to.send('POST', '/v1/sign-in/passkey', { body: samples.sign_in_passkey })

  assert.equal(answer.status, 401)
  assert.deepEqual(loaded.toSorted(), ['@simplewebauthn/server', '@simplewebauthn/server/helpers'])
})
