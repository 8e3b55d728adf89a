/** Ceremonies in a real Chromium: what its authenticators make is taken, and what it must not do it does not. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { ticketOf } from '../authenticator.ts'
import { assertProblem } from '../contract.ts'
import { type Answer, at, person, signedIn } from '../given.ts'
import { askToAdd, askToSignIn, askWithTicket, requestOptionsOf } from '../passkeys.ts'
import { type Device, type DeviceOptions, openDevice, openStage, type Stage } from './device.ts'

interface Holder {
  readonly device: Device
  readonly email: string
  readonly account: string
  readonly bearer: string
  readonly added: Answer
}

async function holder(
  t: TestContext,
  { to, browser, origin }: Stage,
  like: DeviceOptions = {},
): Promise<Holder> {
  const device = await openDevice(t, browser, origin, like)
  const { email, id: account } = await person(to)
  const { session_token: bearer = '' } = await signedIn(to, 'session_token', email)
  const credential = await device.create(await askToAdd(to, bearer))
  const body = { credential, name: 'in Chromium' }
  const added = await to.send('POST', '/v1/me/passkeys', { bearer, body })
  assert.equal(added.status, 201, added.text)
  return { device, email, account, bearer, added }
}

const present = ({ to }: Stage, credential: object): Promise<Answer> =>
  to.send('POST', '/v1/sign-in/passkey', { body: { credential, deliver: 'session_token' } })

async function amrOf({ to }: Stage, { json }: Answer): Promise<unknown> {
  const me = await to.send('GET', '/v1/me', { bearer: at(json, 'session_token') })
  return (me.json.credential as { amr: unknown }).amr
}

test('passkeys in Chromium', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program)
  const { to, browser, origin, elsewhere } = stage

  await t.test('a passkey is made, signs in again and again, and its count rises', async (t) => {
    const { device, added } = await holder(t, stage)
    const { synced, user_verified, transports } = added.json.passkey as Record<string, unknown>
    assert.deepEqual([synced, user_verified, transports], [false, true, ['internal']])
    for (let round = 0; round < 3; round += 1) {
      const answer = await present(stage, await device.get(await askToSignIn(to)))
      assert.equal(answer.status, 200, answer.text)
      const me = await to.send('GET', '/v1/me', { bearer: at(answer.json, 'session_token') })
      const { amr, acr } = me.json.credential as Record<string, unknown>
      assert.deepEqual([amr, acr], [['hwk', 'user', 'mfa'], 'urn:countersign:acr:aal2'])
    }
  })

  await t.test('its answer is refused the second time, and to another challenge', async (t) => {
    const { device } = await holder(t, stage)
    const credential = await device.get(await askToSignIn(to))
    assert.equal((await present(stage, credential)).status, 200)

    assertProblem(await present(stage, credential), 'invalid_passkey')
  })

  await t.test('conditional UI finds it as well', async (t) => {
    const { device } = await holder(t, stage)

    const credential = await device.get(await askToSignIn(to), { mediation: 'conditional' })

    assert.equal((await present(stage, credential)).status, 200)
  })

  await t.test('one that is synced says so, and is called a key in software', async (t) => {
    const { device, added } = await holder(t, stage, { isSynced: true })
    const { synced, backed_up } = added.json.passkey as Record<string, unknown>
    assert.deepEqual([synced, backed_up], [true, true])

    const answer = await present(stage, await device.get(await askToSignIn(to)))

    assert.deepEqual(await amrOf(stage, answer), ['swk', 'user', 'mfa'])
  })

  await t.test(
    'a device that does not ask who it is: no sign-in alone, and a factor after the password',
    async (t) => {
      const { device, email } = await holder(t, stage)
      await device.protocol.send('WebAuthn.setUserVerified', {
        authenticatorId: device.id,
        isUserVerified: false,
      })
      await assert.rejects(device.get({ ...(await askToSignIn(to)), timeout: 2000 }), /NotAllowedError/)
      const ticket = await ticketOf(to, email, { deliver: 'session_token' })
      const options = { ...(await askWithTicket(to, ticket)), userVerification: 'discouraged' }

      const credential = await device.get(options)
      const body = { ticket, factor: 'passkey', credential }
      const answer = await to.send('POST', '/v1/sign-in/factor', { body })

      assert.equal(answer.status, 200, answer.text)
      const flags = Buffer.from(credential.response.authenticatorData, 'base64url')[32] ?? 0
      assert.equal(flags & 4, 0)
      assert.deepEqual(await amrOf(stage, answer), ['pwd', 'hwk', 'user', 'mfa'])
    },
  )

  await t.test('a security key as the second factor, and to step up', async (t) => {
    const { device, email } = await holder(t, stage, { transport: 'usb' })
    const ticket = await ticketOf(to, email, { deliver: 'session_token' })
    const credential = await device.get(await askWithTicket(to, ticket))
    const signedIn = await to.send('POST', '/v1/sign-in/factor', {
      body: { ticket, factor: 'passkey', credential },
    })
    assert.equal(signedIn.status, 200, signedIn.text)
    const bearer = at(signedIn.json, 'session_token')
    const begun = await to.send('POST', '/v1/me/step-up', { bearer })
    const held = { ticket: at(begun.json, 'ticket') }
    const asked = await to.send('POST', '/v1/me/step-up/passkey/options', { bearer, body: held })

    const again = await device.get(requestOptionsOf(asked))
    const raised = await to.send('POST', '/v1/me/step-up/factor', {
      bearer,
      body: { ...held, factor: 'passkey', credential: again },
    })

    assert.equal(raised.json.status, 'stepped_up', raised.text)
  })

  await t.test('one device makes no second passkey for the same account', async (t) => {
    const { device } = await holder(t, stage)
    const bearer = at((await present(stage, await device.get(await askToSignIn(to)))).json, 'session_token')

    await assert.rejects(device.create(await askToAdd(to, bearer)), /InvalidStateError/)
  })

  await t.test('a page of another origin of the domain is refused by the authority', async (t) => {
    const { device, bearer } = await holder(t, stage)
    const [copy] = (await device.protocol.send('WebAuthn.getCredentials', { authenticatorId: device.id }))
      .credentials
    assert.ok(copy)
    const away = await openDevice(t, browser, elsewhere)
    await away.protocol.send('WebAuthn.addCredential', {
      authenticatorId: away.id,
      credential: { ...copy, signCount: copy.signCount + 10 },
    })

    assertProblem(await present(stage, await away.get(await askToSignIn(to))), 'invalid_passkey')

    const { session_token: other = bearer } = await signedIn(to, 'session_token')
    const credential = await away.create(await askToAdd(to, other))
    const refused = await to.send('POST', '/v1/me/passkeys', { bearer: other, body: { credential } })
    assertProblem(refused, 'invalid_passkey')
  })

  await t.test('a page of another domain is refused by the browser', async (t) => {
    const away = await openDevice(t, browser, origin.replace('localhost', '127.0.0.1'))

    await assert.rejects(away.get(await askToSignIn(to)), /SecurityError/)
  })

  await t.test('a copy of the key whose count lags is refused, and that is written down', async (t) => {
    const { device, account } = await holder(t, stage)
    const { credentials } = await device.protocol.send('WebAuthn.getCredentials', {
      authenticatorId: device.id,
    })
    for (let round = 0; round < 2; round += 1) {
      assert.equal((await present(stage, await device.get(await askToSignIn(to)))).status, 200)
    }
    const thief = await openDevice(t, browser, origin)
    await thief.protocol.send('WebAuthn.addCredential', {
      authenticatorId: thief.id,
      credential: credentials[0] ?? assert.fail('There is no passkey on the device.'),
    })

    assertProblem(await present(stage, await thief.get(await askToSignIn(to))), 'invalid_passkey')

    const path = `/v1/audit?type=passkey.count_fell&target=${account}`
    const { json } = await to.send('GET', path, { key: to.adminKey })
    assert.equal((json.items as unknown[]).length, 1)
  })
})
