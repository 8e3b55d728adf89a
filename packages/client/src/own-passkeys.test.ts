import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { PasskeyAssertion, PasskeyRegistration } from '@countersign/protocol'
import { answer, fakeAuthority, ME, problem, type Seen } from '../test/given.ts'
import { findPasskeyDevice, type PasskeyDevice } from './passkey-device.ts'

const REQUEST = { challenge: 'c', rpId: 'authority.example', timeout: 1, allowCredentials: [] }
const CREATION = { challenge: 'c', rp: { id: 'authority.example', name: 'x' } }
const SIGNED_IN = {
  status: 'signed_in',
  account: { id: 'acc_1' },
  session: { id: 'ses_1' },
  session_token: 's-2',
}
const ASSERTION: PasskeyAssertion = {
  id: 'a',
  rawId: 'a',
  type: 'public-key',
  response: { clientDataJSON: 'c', authenticatorData: 'd', signature: 's', userHandle: 'u' },
}
const MADE: PasskeyRegistration = {
  id: 'a',
  rawId: 'a',
  type: 'public-key',
  response: { clientDataJSON: 'c', attestationObject: 'o', transports: ['internal'] },
}

const bodyOf = (seen: Seen | undefined): unknown => JSON.parse(seen?.body ?? '')

/** A device that answers at once, and tells what it was asked. */
function fakeDevice(): PasskeyDevice & { readonly asked: unknown[] } {
  const asked: unknown[] = []
  return {
    asked,
    canOffer: async () => true,
    create: async (options) => {
      asked.push(options)
      return MADE
    },
    get: async (options, how) => {
      asked.push([options, how.conditional])
      return ASSERTION
    },
  }
}

test('where there are no passkeys, nothing is sent but the question, and the reason is said', async () => {
  const authority = fakeAuthority(() => answer(200, { options: REQUEST }))
  const client = authority.client()

  await assert.rejects(client.signInWithPasskey(), /There are no passkeys here/)

  assert.equal(client.passkeys.isSupported, false)
  assert.equal(await client.passkeys.canOffer(), false)
  assert.deepEqual(
    authority.seen.map(({ path }) => path),
    ['/v1/sign-in/passkey/options'],
  )
})

test('a refusal of the passkey is thrown as it is, and the client stays as it was', async () => {
  const authority = fakeAuthority(({ path }) =>
    path.endsWith('/options')
      ? answer(200, { options: REQUEST })
      : path === '/v1/me'
        ? answer(200, ME)
        : problem(401, 'invalid_passkey'),
  )
  const client = authority.client({}, undefined, fakeDevice())

  await assert.rejects(client.signInWithPasskey(), { code: 'invalid_passkey' })

  await client.me()
  assert.equal(authority.seen.at(-1)?.headers.get('authorization'), null)
})

test('signing in with a passkey: what the device answers is sent, and the session is used from then on', async () => {
  const authority = fakeAuthority(({ path }) => {
    if (path.endsWith('/options')) return answer(200, { options: REQUEST })
    return answer(200, path === '/v1/me' ? ME : SIGNED_IN)
  })
  const device = fakeDevice()
  const client = authority.client({}, undefined, device)

  const signedIn = await client.signInWithPasskey({ deliver: 'session_token', conditional: true })
  await client.me()

  assert.deepEqual(device.asked, [[REQUEST, true]])
  assert.deepEqual(bodyOf(authority.seen[1]), { deliver: 'session_token', credential: ASSERTION })
  assert.equal(authority.seen[2]?.headers.get('authorization'), 'Bearer s-2')
  assert.ok(!inspect(signedIn).includes('s-2'))
})

test('as a factor it goes with the ticket, in the options and in the answer', async () => {
  const authority = fakeAuthority(({ path }) =>
    path.endsWith('/options') ? answer(200, { options: REQUEST }) : answer(200, SIGNED_IN),
  )
  const client = authority.client({}, undefined, fakeDevice())

  await client.signInWithPasskeyAsFactor({ ticket: 'T', deliver: 'session_token' })

  assert.deepEqual(
    authority.seen.map(({ path }) => path),
    ['/v1/sign-in/factor/passkey/options', '/v1/sign-in/factor'],
  )
  assert.deepEqual(bodyOf(authority.seen[0]), { ticket: 'T' })
  assert.deepEqual(bodyOf(authority.seen[1]), {
    deliver: 'session_token',
    ticket: 'T',
    factor: 'passkey',
    credential: ASSERTION,
  })
})

test('a policy that demands a factor is met with a passkey that is made for the ticket', async () => {
  const authority = fakeAuthority(({ path }) =>
    path.endsWith('/options')
      ? answer(200, { options: CREATION })
      : answer(200, { ...SIGNED_IN, recovery_codes: ['0aaa'] }),
  )
  const client = authority.client({}, undefined, fakeDevice())

  const signedIn = await client.enrolPasskeyWithTicket({ ticket: 'T', deliver: 'session_token' })

  assert.equal(authority.seen[0]?.path, '/v1/sign-in/factors/passkey/options')
  assert.deepEqual(bodyOf(authority.seen[1]), {
    deliver: 'session_token',
    ticket: 'T',
    factor: 'passkey',
    credential: MADE,
  })
  assert.equal(signedIn.recovery_codes?.[0]?.reveal(), '0aaa')
})

test('adding one: options, the device, and codes that nothing prints', async () => {
  const passkey = { id: 'fac_1', kind: 'passkey', name: 'a phone' }
  const authority = fakeAuthority(({ path }) =>
    path.endsWith('/options')
      ? answer(200, { options: CREATION })
      : answer(201, { passkey, recovery_codes: ['0aaa'] }),
  )
  const device = fakeDevice()
  const client = authority.client({ credential: { sessionToken: 's' } }, undefined, device)

  const added = await client.addPasskey('a phone')

  assert.deepEqual(device.asked, [CREATION])
  assert.deepEqual(bodyOf(authority.seen[1]), { credential: MADE, name: 'a phone' })
  assert.equal(added.recovery_codes?.[0]?.reveal(), '0aaa')
  assert.ok(!inspect(added).includes('0aaa'))
})

test('stepping up with a passkey has the client use the new value', async () => {
  const authority = fakeAuthority(({ path }) => {
    if (path === '/v1/me/step-up') return answer(200, { ticket: 'T', factors: ['passkey'] })
    if (path.endsWith('/options')) return answer(200, { options: REQUEST })
    if (path === '/v1/me') return answer(200, ME)
    return answer(200, { status: 'stepped_up', acr: 'x', auth_time: 'x', session_token: 's-2' })
  })
  const client = authority.client({ credential: { sessionToken: 's-1' } }, undefined, fakeDevice())

  await client.stepUpWithPasskey()
  await client.me()

  assert.deepEqual(
    authority.seen.map(({ path, headers }) => `${path} ${headers.get('authorization')}`),
    [
      '/v1/me/step-up Bearer s-1',
      '/v1/me/step-up/passkey/options Bearer s-1',
      '/v1/me/step-up/factor Bearer s-1',
      '/v1/me Bearer s-2',
    ],
  )
})

test('listing, renaming and removing', async () => {
  const authority = fakeAuthority(({ method }) =>
    method === 'DELETE'
      ? new Response(null, { status: 204 })
      : answer(200, { id: 'fac_1', items: [], next_cursor: null }),
  )
  const client = authority.client({ credential: { sessionToken: 's' } })

  await client.passkeys.list()
  await client.passkeys.rename('fac_1', 'a key')
  await client.passkeys.remove('fac_1')

  assert.deepEqual(
    authority.seen.map(({ method, path }) => `${method} ${path}`),
    ['GET /v1/me/passkeys', 'PATCH /v1/me/passkeys/fac_1', 'DELETE /v1/me/passkeys/fac_1'],
  )
})

test('a browser is one that reads the options itself; others have no passkeys', async () => {
  const calls: unknown[] = []
  const credentials = {
    create: async (options: object) => {
      calls.push(options)
      return { toJSON: () => MADE }
    },
    get: async (options: object) => {
      calls.push(options)
      return { toJSON: () => ASSERTION }
    },
  }
  const PublicKeyCredential = {
    parseCreationOptionsFromJSON: (options: object) => ({ parsed: options }),
    parseRequestOptionsFromJSON: (options: object) => ({ parsed: options }),
  }

  assert.equal(findPasskeyDevice({}), null)
  assert.equal(findPasskeyDevice({ navigator: { credentials } }), null)
  assert.equal(findPasskeyDevice({ PublicKeyCredential: {}, navigator: { credentials } }), null)
  const device = findPasskeyDevice({ PublicKeyCredential, navigator: { credentials } })
  assert.equal(await device?.canOffer(), false)
  const offers = { ...PublicKeyCredential, isConditionalMediationAvailable: async () => true }
  const newer = findPasskeyDevice({ PublicKeyCredential: offers, navigator: { credentials } })
  assert.equal(await newer?.canOffer(), true)
  const options = { ...REQUEST, userVerification: 'required' as const }
  const { signal } = new AbortController()
  assert.deepEqual(await device?.get(options, { conditional: true, signal }), ASSERTION)
  assert.deepEqual(await device?.get(options, { conditional: false }), ASSERTION)

  assert.deepEqual(calls, [
    { publicKey: { parsed: options }, mediation: 'conditional', signal },
    { publicKey: { parsed: options } },
  ])
})
