/** Signing in on the page: what is refused, what is asked for, where it leads. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { codeOf } from './authenticator.ts'
import { assertAccessible, shoot } from './browser.ts'
import { enrol, fillIn, invitedPerson, newPerson, signedInElsewhere, signIn } from './people.ts'
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
      await page.reload()

      await fillIn(page, 'nobody@example.com', ADMIN.password)
      const unknown = await page.getByRole('alert').textContent()

      assert.match(wrong ?? '', /^The e-mail address or the password is not right\./)
      assert.equal(unknown?.replace(/dec_\w+/, ''), wrong?.replace(/dec_\w+/, ''))
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

      const limited = page.getByText(/Try again in \d+ seconds?\./)
      // Waits begin with a second and double; the short ones pass without a word.
      for (let tries = 0; tries < 12 && !(await limited.isVisible()); tries += 1) {
        await fillIn(page, person.email, 'not this one at all')
        await page.locator('button[type="submit"]:not([data-loading])').waitFor()
      }

      await limited.waitFor()
      assert.equal(await page.getByRole('button', { name: 'Sign in' }).isDisabled(), true)
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
      await page.getByRole('button', { name: 'Continue' }).click()
      const refused = await page.getByRole('alert').textContent()
      await page.getByLabel('New password', { exact: true }).fill('violet gravel pushed the tram')
      await page.getByRole('button', { name: 'Continue' }).click()

      assert.match(refused ?? '', /^This is the password that you have\./)
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
      await page.getByRole('button', { name: 'Use a recovery code' }).click()
      await page.getByLabel('Recovery code').fill('not a code')
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByText('This code is not right').waitFor()
      await page.getByRole('button', { name: 'Use the authenticator app' }).click()

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
      const seed = await page.getByRole('group', { name: 'Key for the app' }).getByRole('code').textContent()

      await page.getByLabel('Then enter the six digits').fill(codeOf(seed ?? '', 0))
      await page.getByRole('button', { name: 'Confirm' }).click()
      await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor()
      assert.equal(await page.getByRole('listitem').count(), 10)
      await assertAccessible(page)
      await shoot(page, 'sign-in-codes-360')
      await page.getByRole('button', { name: 'I have kept them' }).click()

      await page.getByText(/by two factors/).waitFor()
    },
  )
})
