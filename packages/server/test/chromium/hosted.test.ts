/** The hosted pages in a real Chromium: their script, under their policy, with a virtual authenticator. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { PASSWORD, signedIn } from '../given.ts'
import { askToAdd } from '../passkeys.ts'
import { type Device, openDevice, openStage, type Stage } from './device.ts'

let counted = 0
async function somebody({ to }: Stage, roles?: readonly string[]): Promise<string> {
  counted += 1
  const email = `hosted-${counted}@example.com`
  const body = { email, password: PASSWORD, require_password_change: false, ...(roles && { roles }) }
  const made = await to.send('POST', '/v1/accounts', { key: to.adminKey, body })
  assert.equal(made.status, 201, made.text)
  return email
}

/** Somebody whose device has a passkey, at the sign-in page; `touched` is whether they answer whenever it asks. */
async function holder(t: TestContext, stage: Stage): Promise<{ device: Device; email: string }> {
  const device = await openDevice(t, stage.browser, stage.origin)
  const email = await somebody(stage)
  const { session_token: bearer = '' } = await signedIn(stage.to, 'session_token', email)
  const credential = await device.create(await askToAdd(stage.to, bearer))
  const added = await stage.to.send('POST', '/v1/me/passkeys', { bearer, body: { credential } })
  assert.equal(added.status, 201, added.text)
  return { device, email }
}

async function isSignedIn({ page }: Device): Promise<boolean> {
  const cookies = await page.context().cookies()
  return cookies.some(({ name }) => name === '__Host-countersign_session')
}

const touch = ({ protocol, id: authenticatorId }: Device, enabled: boolean): Promise<unknown> =>
  protocol.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })

async function typePassword({ page }: Device, origin: string, email: string): Promise<void> {
  await page.goto(`${origin}/login`)
  await page.locator('#login-identifier').fill(email)
  await page.locator('#login-password').fill(PASSWORD)
  await page.locator('#login-submit').click()
}

test('hosted pages in Chromium', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_MFA_ROLES: 'guarded' })
  const { to, origin } = stage
  await to.send('POST', '/v1/roles', { key: to.adminKey, body: { id: 'guarded', permissions: [] } })

  await t.test('a passkey is offered in the address field, and signs in', async (t) => {
    const { device } = await holder(t, stage)

    // The virtual device chooses by itself, as somebody would in the list under the field.
    await device.page.goto(`${origin}/login`)

    await device.page.waitForURL(`${origin}/`)
    assert.ok(await isSignedIn(device))
  })

  await t.test('the button asks as well, after the offer in the field', async (t) => {
    const { device } = await holder(t, stage)
    await touch(device, false)
    await device.page.goto(`${origin}/login`)
    await device.page.locator('#passkey-submit').waitFor()
    await touch(device, true)

    await device.page.locator('#passkey-submit').click()

    await device.page.waitForURL(`${origin}/`)
    assert.ok(await isSignedIn(device))
  })

  await t.test('it is the second step after the password', async (t) => {
    const { device, email } = await holder(t, stage)
    await touch(device, false)
    await typePassword(device, origin, email)
    await device.page.locator('#passkey-submit').waitFor()
    await touch(device, true)

    await device.page.locator('#passkey-submit').click()

    await device.page.waitForURL(`${origin}/`)
    assert.ok(await isSignedIn(device))
  })

  await t.test('where a factor is demanded, one is made on the way, with recovery codes', async (t) => {
    const device = await openDevice(t, stage.browser, origin)
    await typePassword(device, origin, await somebody(stage, ['guarded']))
    await device.page.locator('#enrol-form').waitFor()
    assert.ok((await device.page.locator('.qr svg').boundingBox())?.width)

    await device.page.locator('#passkey-submit').click()

    await device.page.locator('#recovery-codes').waitFor()
    assert.equal(await device.page.locator('#recovery-codes li').count(), 10)
    await device.page.locator('#codes-kept').click()
    await device.page.waitForURL(`${origin}/`)
    assert.ok(await isSignedIn(device))
  })
})
