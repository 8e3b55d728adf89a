/** Signing in for the account pages and the console, on the server’s own page: what is refused, what is asked for, where it leads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { codeOf } from './authenticator.ts'
import { assertAccessible, shoot } from './browser.ts'
import { enrol, fillIn, invitedPerson, newPerson, signedInElsewhere, signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'
import { ADMIN } from './world.ts'

test('signing in', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: '8/60' })

  await stage.play(
    'a wrong password and an unknown address are told in the same words',
    {},
    async (page, world) => {
      await page.goto(`${world.url}/sign-in`)
      await shoot(page, 'sign-in')
      await assertAccessible(page)
      await fillIn(page, ADMIN.email, 'four lanes after breakfast')
      const wrong = await page.getByRole('alert').textContent()
      await page.goto(`${world.url}/sign-in`)

      await fillIn(page, 'nobody@example.com', ADMIN.password)
      const unknown = await page.getByRole('alert').textContent()

      assert.equal(wrong, 'The address or the password is wrong.')
      assert.equal(unknown, wrong)
      await assertAccessible(page)
      await shoot(page, 'sign-in-wrong')
    },
  )

  await stage.play(
    'a limit is told with the time to wait, and the button waits too',
    { scheme: 'dark', width: 360 },
    async (page, world) => {
      const person = await newPerson(world, 'Lin Hasty')
      await page.goto(`${world.url}/sign-in`)

      const waiting = page.locator('#login-submit[data-wait]')
      for (let tries = 0; tries < 12 && !(await waiting.isVisible()); tries += 1) {
        await fillIn(page, person.email, 'not this one at all')
        await page.getByRole('alert').waitFor()
      }

      assert.match((await page.getByRole('alert').textContent()) ?? '', /Try again in \d+ seconds?/)
      assert.equal(await waiting.isDisabled(), true)
      await assertAccessible(page)
      await shoot(page, 'sign-in-limited-dark-360')
    },
  )

  await stage.play(
    'a first password is changed on the way in, and a refused one is told why',
    { width: 360 },
    async (page, world) => {
      const person = await invitedPerson(world, 'Noa Newcomer')
      await page.goto(`${world.url}/sign-in`)
      await fillIn(page, person.email, person.password)
      await page.getByRole('heading', { name: 'Choose another password' }).waitFor()
      await assertAccessible(page)
      await shoot(page, 'sign-in-new-password-360')

      await page.getByLabel('New password', { exact: true }).fill(person.password)
      await page.getByRole('button', { name: 'Change and continue' }).click()
      const refused = await page.getByRole('alert').textContent()
      await page.getByLabel('New password', { exact: true }).fill('violet gravel pushed the tram')
      await page.getByRole('button', { name: 'Change and continue' }).click()

      assert.match(refused ?? '', /^The new password is the one that the account has/)
      await page.waitForURL(`${world.url}/account`)
    },
  )

  await stage.play(
    'the page that was asked for comes after the sign-in, a foreign one never does',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Kim Wander')
      for (const foreign of [
        'https://evil.example/',
        '//evil.example',
        '/\\evil.example',
        'javascript:alert(1)',
        '/v1/me',
      ]) {
        await page.goto(`${world.url}/sign-in?next=${encodeURIComponent(foreign)}`)
        await fillIn(page, person.email, person.password)
        await page.waitForURL(`${world.url}/account`)
        // What is still on its way would come back refused, and is a mistake of the page then.
        await page.getByRole('heading', { name: 'Your data' }).waitFor()
        await page.waitForLoadState('networkidle')
        await page.context().clearCookies()
      }

      await page.goto(`${world.url}/account/sessions`)
      await fillIn(page, person.email, person.password)

      await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor()
      assert.equal(page.url(), `${world.url}/account/sessions`)
    },
  )

  await stage.play(
    'an account with an app is asked for a code, or for a recovery code',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Mina Careful')
      const seed = await enrol(await signedInElsewhere(world, person))
      await signIn(page, world, '/account', person)
      await assertAccessible(page)
      await shoot(page, 'sign-in-factor')
      await page.getByLabel('Code').fill('not a code')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByText('The code is wrong').waitFor()

      await page.getByLabel('Code').fill(codeOf(seed, 0))
      await page.getByRole('button', { name: 'Continue' }).click()

      await page.getByText(/by two factors/).waitFor()
    },
  )

  await stage.play(
    'German, where the browser asks for it',
    { locale: 'de-DE', scheme: 'dark' },
    async (page, world) => {
      await page.goto(`${world.url}/sign-in`)

      await page.getByRole('heading', { name: 'Anmelden' }).waitFor()

      assert.equal(await page.locator('html').getAttribute('lang'), 'de')
      await assertAccessible(page)
      await shoot(page, 'sign-in-de-dark')
    },
  )

  await stage.play(
    'whoever has chosen German in the console is asked in German, and told that they have signed out',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Lea Wahl')
      await signIn(page, world, '/account', person)
      await speakGerman(page)
      await page.getByRole('button', { name: /Lea Wahl/ }).click()
      await page.getByRole('button', { name: 'Abmelden' }).click()
      await page.getByRole('status').getByText('Sie haben sich abgemeldet.').waitFor()
      await assertAccessible(page)

      await page.goBack()

      await page
        .getByRole('heading', { name: 'Anmelden' })
        .or(page.getByRole('heading', { name: 'Sign in' }))
        .waitFor()
      assert.equal(await page.getByText('Lea Wahl').count(), 0)
    },
  )

  await stage.play(
    'a session that ends while its page is open leads to the sign-in, and back to that page',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Eda Over')
      await signIn(page, world, '/account/keys?from=mail', person)
      await signedInElsewhere(world, person).then((other) => other.sessions.endOthers())

      await page.reload()
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      await fillIn(page, person.email, person.password)

      await page.getByRole('heading', { name: 'API keys' }).first().waitFor()
      assert.equal(page.url(), `${world.url}/account/keys?from=mail`)
    },
  )
})

test('an account that must have a second factor enrols it on the way in', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_MFA: 'required' })

  await stage.play(
    'scan or type, confirm, keep the codes, and one is in',
    { width: 360 },
    async (page, world) => {
      await page.goto(`${world.url}/account`)
      await fillIn(page, ADMIN.email, ADMIN.password)
      await page.getByRole('img', { name: 'QR code for an authenticator app' }).waitFor()
      await assertAccessible(page)
      await shoot(page, 'sign-in-enrol-360')
      const seed = (await page.locator('#enrol-key').textContent())?.replaceAll(' ', '')

      await page.getByLabel('Six digits').fill(codeOf(seed ?? '', 0))
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor()
      assert.equal(await page.getByRole('listitem').count(), 10)
      await assertAccessible(page)
      await shoot(page, 'sign-in-codes-360')
      await page.getByRole('link', { name: 'I have kept them' }).click()

      await page.getByText(/by two factors/).waitFor()
    },
  )
})
