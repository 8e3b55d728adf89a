/** Passkeys on the pages, with a virtual authenticator: made, offered in the address field, used by a button, and removed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { assertAccessible } from './browser.ts'
import { type Device, giveDevice } from './device.ts'
import { newPerson, signIn } from './people.ts'
import { openStage } from './stage.ts'

/** Whether somebody touches the device whenever it asks. */
async function touch({ protocol, id: authenticatorId }: Device, enabled: boolean): Promise<void> {
  await protocol.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
}

test('passkeys on the account pages', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, {
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
    COUNTERSIGN_RATE_LIMIT_FACTOR: 'dangerously-off',
  })

  await stage.play('one is added, with recovery codes, signs in alone, and goes', {}, async (page, world) => {
    const person = await newPerson(world, 'Pia Key')
    await signIn(page, world, '/account/security', person)
    const device = await giveDevice(page)
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('The passkey is added.').waitFor()
    await assertAccessible(page)
    await touch(device, false)
    await page.context().clearCookies()
    await page.goto(`${world.url}/sign-in?next=/account/security`)
    await page.getByRole('button', { name: 'Use a passkey' }).waitFor()
    await assertAccessible(page)

    await touch(device, true)
    await page.getByRole('button', { name: 'Use a passkey' }).click()

    await page.getByRole('button', { name: 'Remove: Passkey' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('The passkey is removed.').waitFor()
    await page.getByText('No passkey yet').waitFor()
    assert.equal(new URL(page.url()).pathname, '/account/security')
  })

  await stage.play(
    'it is offered in the address field, and choosing it signs in',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Ola Field')
      await signIn(page, world, '/account/security', person)
      await giveDevice(page)
      await page.getByRole('button', { name: 'Add a passkey' }).click()
      await page.getByRole('button', { name: 'I have kept them' }).click()
      await page.getByText('The passkey is added.').waitFor()
      await page.context().clearCookies()

      // The virtual device chooses by itself, as somebody would in the list under the field.
      await page.goto(`${world.url}/sign-in?next=/account/security`)

      await page.getByRole('button', { name: 'Remove: Passkey' }).waitFor()
      assert.equal(new URL(page.url()).pathname, '/account/security')
    },
  )
})

test('where a factor is demanded, a passkey is one, and comes with recovery codes', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_MFA: 'required' })

  await stage.play('on the way in', {}, async (page, world) => {
    const person = await newPerson(world, 'Mo Must')
    await page.goto(`${world.url}/sign-in?next=/account/security`)
    await giveDevice(page)
    await page.getByLabel('E-mail address').fill(person.email)
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Add a second factor' }).waitFor()
    await assertAccessible(page)

    await page.getByRole('button', { name: 'Use a passkey instead' }).click()

    await page.getByRole('link', { name: 'I have kept them' }).click()
    await page.getByRole('button', { name: 'Remove: Passkey' }).waitFor()
  })
})
