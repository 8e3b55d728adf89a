/** An account without a password: how its owner gets one, and how they prove who they are until then. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { assertAccessible, assertDialogueAccessible, assertFits, shoot, shootEveryWay } from './browser.ts'
import { answer, dialog, refuse } from './console-pictures/state.ts'
import { waitForFocus, walkAround } from './keyboard-walk.ts'
import { fillIn, newPerson, signIn, speakGerman } from './people.ts'
import { linkTo } from './pictures/calls.ts'
import { comeByProvider, memberOf, openProvider, settingsFor } from './provider.ts'
import { openStage } from './stage.ts'

const OFFER = 'Have a link sent that sets a password'
const PASSWORD = 'nine grey herons on the pier'
const IDENTITIES = '**/v1/me/identities'

/** What the authority answers once a sign-in is some minutes old, which no test waits for. */
async function askForProof(page: Page): Promise<void> {
  await refuse(IDENTITIES, 401, 'insufficient_user_authentication')(page)
  await page.route(IDENTITIES, (route) =>
    route.request().method() === 'POST' ? route.fallback() : route.continue(),
  )
  await page.getByRole('button', { name: 'Connect The club' }).click()
  await page.getByRole('heading', { name: 'Is it you?' }).waitFor()
}

/** What is read out with the thing that has the focus, after its name. */
const describedBy = (page: Page): Promise<string | null> =>
  page.evaluate<string | null>(`(() => {
    const id = document.activeElement?.getAttribute('aria-describedby')
    return id === null || id === undefined ? null : document.getElementById(id).textContent
  })()`)

test('an account without a password', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const provider = await openProvider(t)
  const stage = await openStage(t, program, settingsFor(provider))

  await stage.play('is told so, and is sent a link that sets one', {}, async (page, world) => {
    const { email } = memberOf('eli')
    provider.person = memberOf('eli')
    await comeByProvider(page, world)
    const offer = page.getByRole('button', { name: OFFER })
    await page.getByText('Your account has no password.').waitFor()
    assert.equal(await page.getByLabel('Current password').count(), 0)
    await shootEveryWay(page, 'password-none')

    await offer.click()

    await page.getByRole('status').getByText(`The link is on its way to ${email}.`).waitFor()
    await shootEveryWay(page, 'password-none-sent')
    await page.goto(await linkTo(world.url, email, '/reset-password'))
    await page.getByLabel('New password').fill(PASSWORD)
    await page.getByRole('button').click()
    await page.getByRole('link', { name: 'Sign in' }).click()
    await fillIn(page, email, PASSWORD)
    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByLabel('Current password').waitFor()
    await page.getByRole('button', { name: 'Change the password' }).waitFor()
    assert.equal(await offer.count(), 0)
  })

  await stage.play('is told where no mail is sent', { width: 360 }, async (page, world) => {
    provider.person = memberOf('ann')
    await comeByProvider(page, world)
    await refuse('**/v1/password-reset', 403, 'reset_closed')(page)

    await page.getByRole('button', { name: OFFER }).click()

    await page.getByRole('alert').getByText('This server sends no mail').waitFor()
    await assertAccessible(page)
    assert.equal(await page.getByText('on its way').count(), 0)
    await speakGerman(page)
    await page.getByRole('button', { name: 'Link für ein Passwort senden lassen' }).click()
    await page.getByRole('alert').getByText('Dieser Server verschickt keine Mail').waitFor()
    await assertFits(page)
    await shoot(page, 'password-none-closed-de-360')
  })

  await stage.play('proves whose it is by a sign-in, and comes back', {}, async (page, world) => {
    provider.person = memberOf('ole')
    await comeByProvider(page, world)
    await askForProof(page)
    await waitForFocus(page, 'a Sign in again', 'The dialogue that has nothing to ask for')
    assert.match((await describedBy(page)) ?? '', /^Your account has no password here\./)
    assert.equal(await dialog(page).locator('input').count(), 0)
    assert.equal(await dialog(page).getByRole('button', { name: 'Confirm' }).count(), 0)
    await assertDialogueAccessible(page, 'The dialogue that has nothing to ask for')
    await shootEveryWay(page, 'step-up-sign-in')
    await walkAround(page, 'The dialogue that has nothing to ask for')
    await dialog(page).getByRole('button', { name: 'Cancel' }).click()
    await waitForFocus(page, 'button Connect The club', 'After the dialogue is cancelled')
    await page.keyboard.press('Enter')
    await waitForFocus(page, 'a Sign in again', 'The dialogue, once more')

    const askedAnew = page.waitForRequest(/\bprompt=login\b/)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Continue with The club' }).click()

    await askedAnew
    await page.getByRole('heading', { name: 'Security' }).waitFor()
    assert.equal(page.url(), `${world.url}/account/security`)
    await page.getByRole('button', { name: /^Disconnect: / }).waitFor()
  })

  await stage.play('with an app, is not led around it', {}, async (page, world) => {
    provider.person = memberOf('pia')
    await comeByProvider(page, world)
    const ways = { ticket: 'T', factors: ['totp', 'recovery_code'], reason: 'step_up' }
    await answer('**/v1/me/step-up', ways)(page)

    await askForProof(page)

    await waitForFocus(page, 'input Code of your authenticator app', 'The dialogue that asks for a code')
    assert.equal(await dialog(page).getByRole('link').count(), 0)
  })

  await stage.play('with a passkey is told where the browser can use none', {}, async (page, world) => {
    provider.person = memberOf('una')
    await page.addInitScript('delete globalThis.PublicKeyCredential')
    await comeByProvider(page, world)
    await answer('**/v1/me/step-up', { ticket: 'T', factors: ['passkey'], reason: 'step_up' })(page)

    await askForProof(page)

    await waitForFocus(page, 'a Sign in again', 'The dialogue that asks for a passkey')
    assert.match((await describedBy(page)) ?? '', /^Your account is opened by a passkey, and this browser/)
    assert.equal(await dialog(page).locator('input').count(), 0)
    await assertDialogueAccessible(page, 'The dialogue that asks for a passkey')
    await shootEveryWay(page, 'step-up-no-passkey')
  })

  await stage.play('with one it is asked for that, and the focus comes back', {}, async (page, world) => {
    const person = await newPerson(world, 'Paul Password')
    await signIn(page, world, '/account/security', person)
    await askForProof(page)
    await waitForFocus(page, 'input Your password', 'The dialogue that asks for the password')
    assert.equal(await dialog(page).getByRole('link').count(), 0)
    assert.equal(await page.getByRole('button', { name: OFFER }).count(), 0)
    const answered = Promise.withResolvers<void>()
    await refuse(IDENTITIES, 409, 'conflict')(page)
    await page.route(IDENTITIES, async (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      await answered.promise
      return route.fallback()
    })

    await page.keyboard.type(person.password)
    await page.keyboard.press('Enter')

    await dialog(page).waitFor({ state: 'detached' })
    answered.resolve()
    await waitForFocus(page, 'button Connect The club', 'After what the proof was for')
  })
})
