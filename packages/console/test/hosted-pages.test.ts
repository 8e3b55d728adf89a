/** The pages that the server itself draws, in a real browser: signing in to an app, and everything beside and behind it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { type App, openApp } from './app.ts'
import { codeOf } from './authenticator.ts'
import { assertAccessible, type Look, shoot } from './browser.ts'
import { enrol, newPerson, type Person, signedInElsewhere } from './people.ts'
import { openStage, type Stage } from './stage.ts'

test('signing in to an app', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program)
  const app = await openApp(t, stage.world)

  for (const look of looks) await journey(stage, app, look)
  await inGerman(stage, app)
  await secondStep(stage, app)
  await formPost(stage, app)
  await waiting(stage)
  await wrongAddress(stage, app)
  for (const look of looks) await besideSignIn(stage, look)
})

const looks: readonly Look[] = [{}, { scheme: 'dark', width: 360 }]
const nameOf = ({ scheme = 'light', width = 1440 }: Look): string => `${scheme}-${width}`

/** Wrong, right, asked, allowed, back at the app. */
async function journey(stage: Stage, app: App, look: Look): Promise<void> {
  const name = nameOf(look)
  await stage.play(
    `a wrong password, the right one, consent, and back (${name})`,
    look,
    async (page, world) => {
      const person = await newPerson(world, `Noor ${name.replaceAll(/\W|\d/g, '')}`)
      const before = app.returned.length
      await page.goto(app.begin({ scope: 'openid profile email offline_access', prompt: 'consent' }))
      await see(page, `login-${name}`)

      await fill(page, { ...person, password: 'not this one at all' })
      assert.equal(await page.getByRole('alert').textContent(), 'The address or the password is wrong.')
      await see(page, `login-wrong-${name}`)
      await fill(page, person)
      await page.getByRole('button', { name: 'Allow' }).waitFor()
      await see(page, `consent-${name}`)
      await page.getByRole('button', { name: 'Allow' }).click()

      await atTheApp(page)
      assert.equal(app.returned.length, before + 1)
      assert.match(app.returned.at(-1)?.get('code') ?? '', /./)
      assert.equal(app.returned.at(-1)?.get('state'), 'a-state')
    },
  )
}

async function inGerman(stage: Stage, app: App): Promise<void> {
  await stage.play(
    'whoever reads German is asked in German',
    { locale: 'de-DE', width: 360 },
    async (page, world) => {
      const { email, password } = await newPerson(world, 'Uwe Becken')
      await page.goto(app.begin())
      assert.equal(await page.locator('html').getAttribute('lang'), 'de')
      await page.getByLabel('E-Mail-Adresse').fill(email)
      await page.getByLabel('Passwort').fill(password)
      await page.getByRole('button', { name: 'Anmelden' }).click()

      await page.getByRole('button', { name: 'Ablehnen' }).waitFor()
      await see(page, 'consent-german-360')
      await page.getByRole('button', { name: 'Ablehnen' }).click()

      await atTheApp(page)
      assert.equal(app.returned.at(-1)?.get('error'), 'access_denied')
    },
  )
}

async function secondStep(stage: Stage, app: App): Promise<void> {
  await stage.play('the code of an app is asked for where there is one', {}, async (page, world) => {
    const person = await newPerson(world, 'Ida Second')
    const secret = await enrol(await signedInElsewhere(world, person))
    await page.goto(app.begin())
    await fill(page, person)
    await page.getByRole('heading', { name: 'Second step' }).waitFor()
    await see(page, 'factor')

    await page.getByLabel('Code').fill('000000')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('The code is wrong').waitFor()
    await see(page, 'factor-wrong')
    await page.getByLabel('Code').fill(codeOf(secret, 0))
    await page.getByRole('button', { name: 'Continue' }).click()

    await page.getByRole('button', { name: 'Allow' }).waitFor()
  })
}

async function formPost(stage: Stage, app: App): Promise<void> {
  await stage.play('an app that asks for a form gets one', {}, async (page, world) => {
    const person = await newPerson(world, 'Ines Post')
    const before = app.returned.length
    await page.goto(app.begin({ response_mode: 'form_post' }))

    await fill(page, person)
    await page.getByRole('button', { name: 'Allow' }).click()

    await atTheApp(page)
    assert.match(app.returned[before]?.get('code') ?? '', /./)
  })
}

async function waiting(stage: Stage): Promise<void> {
  await stage.play(
    'a wait is counted down, and the button is shut until it ends',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Lin Hasty')
      await page.goto(`${world.url}/login`)
      const wrong = { ...person, password: 'not this one at all' }
      for (let tries = 0; tries < 8; tries += 1) {
        if (await page.locator('#login-submit[data-wait]').isVisible()) break
        await fill(page, wrong)
        await page.getByRole('alert').waitFor()
      }

      const button = page.locator('#login-submit')
      assert.match((await page.getByRole('alert').textContent()) ?? '', /Try again in \d+ seconds?/)
      await see(page, 'login-waiting')

      // It opens by itself, with its own words.
      await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
      assert.equal(await button.isEnabled(), true)
    },
  )
}

async function wrongAddress(stage: Stage, app: App): Promise<void> {
  await stage.play(
    'an address that the app has not registered is told, and nobody is sent there',
    {},
    async (page) => {
      await page.goto(app.begin({ redirect_uri: 'https://evil.example/callback' }))

      assert.match((await page.locator('#oauth-error').textContent()) ?? '', /^redirect_uri: /)
      await see(page, 'oauth-error')
    },
  )
}

/** From a forgotten password to the mail, and an account that is made on the page. */
async function besideSignIn(stage: Stage, look: Look): Promise<void> {
  const name = nameOf(look)
  await stage.play(`a forgotten password and a new account (${name})`, look, async (page, world) => {
    await page.goto(`${world.url}/login`)
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await see(page, `forgot-${name}`)
    await page.getByLabel('E-mail address').fill('nobody@example.com')
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.getByText('a link is on its way').waitFor()
    await see(page, `forgot-sent-${name}`)

    await page.getByRole('link', { name: 'Back to sign-in' }).click()
    await page.getByRole('link', { name: 'Sign up' }).click()
    await page.getByLabel('E-mail address').fill(`new-${name}@example.com`)
    await page.getByLabel('Password').fill('short')
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('alert').waitFor()
    await see(page, `sign-up-weak-${name}`)
    await page.getByLabel('Password').fill('violet gravel pushed the tram')
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()

    await page.goto(`${world.url}/reset-password#a-link-that-nobody-was-sent`)
    await page.getByLabel('New password').fill('violet gravel pushed the tram')
    await page.getByRole('button', { name: 'Set password' }).click()
    await page.getByText('The link is incomplete').waitFor()
    await see(page, `reset-wrong-${name}`)
  })
}

async function fill(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const atTheApp = (page: Page): Promise<void> => page.getByRole('heading', { name: 'At the pool' }).waitFor()

async function see(page: Page, name: string): Promise<void> {
  await assertAccessible(page)
  await shoot(page, `hosted-${name}`)
}
