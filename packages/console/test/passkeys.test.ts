/** Passkeys on the account pages, with a virtual authenticator: made, used to sign in alone, and removed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { assertAccessible } from './browser.ts'
import { newPerson, signIn } from './people.ts'
import { openStage } from './stage.ts'

async function giveDevice(page: Page): Promise<void> {
  const protocol = await page.context().newCDPSession(page)
  await protocol.send('WebAuthn.enable', { enableUI: false })
  await protocol.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

test('passkeys on the account pages', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })

  await stage.play('one is added, with recovery codes, signs in alone, and goes', {}, async (page, world) => {
    const person = await newPerson(world, 'Pia Key')
    await signIn(page, world, '/account/security', person)
    await giveDevice(page)
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('The passkey is added.').waitFor()
    await assertAccessible(page)
    await page.context().clearCookies()
    await page.goto(`${world.url}/sign-in?next=/account/security`)
    await page.getByRole('button', { name: 'Use a passkey' }).waitFor()
    await assertAccessible(page)

    await page.getByRole('button', { name: 'Use a passkey' }).click()

    await page.getByRole('button', { name: 'Remove: Passkey' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('The passkey is removed.').waitFor()
    await page.getByText('No passkey yet').waitFor()
    assert.equal(new URL(page.url()).pathname, '/account/security')
  })
})
