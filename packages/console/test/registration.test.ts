/** Initial access tokens in the console: made, shown once, used by a client that registers itself, taken back by name. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { newPerson, signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'
import type { World } from './world.ts'

const dialog = (page: Page) => page.getByRole('dialog')
const MARKUP = '<img src=x onerror="document.title=1"> & "Söhne"'
const UNLIMITED = { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' }

/** What the registration endpoint says to a client that comes with this token (RFC 7591 §3). */
async function registerStatus({ url }: World, bearer: string): Promise<number> {
  const answer = await fetch(`${url}/oauth/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Notes', redirect_uris: ['https://notes.example.com/callback'] }),
  })
  return answer.status
}

test('where registration is off', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, UNLIMITED)

  await stage.play(
    'the page says so, and which setting turns it on; a token that is made lets nobody in',
    {},
    async (page, world) => {
      await signIn(page, world, '/console/clients')
      await page.getByRole('link', { name: 'Initial access tokens' }).click()
      await page.getByText('Registration is off').waitFor()
      await page.getByText('No token yet').waitFor()
      await page.getByText('COUNTERSIGN_CLIENT_REGISTRATION=initial_access_token').waitFor()
      assert.equal(
        await page.getByRole('link', { name: 'OAuth clients' }).first().getAttribute('aria-current'),
        'page',
      )
      await shootEveryWay(page, 'registration-off')
      const { secret } = await world.admin.initialAccessTokens.create({ name: 'too early' })

      assert.notEqual(await registerStatus(world, secret.reveal()), 201)

      await page.getByRole('link', { name: 'Settings' }).last().click()
      await page.getByRole('heading', { name: 'All settings' }).waitFor()
      assert.equal(await page.getByRole('searchbox').inputValue(), 'CLIENT_REGISTRATION')
    },
  )
})

test('initial access tokens', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, {
    ...UNLIMITED,
    COUNTERSIGN_CLIENT_REGISTRATION: 'initial_access_token',
  })

  await stage.play(
    'whoever may only read makes none and takes none back',
    { width: 360 },
    async (page, world) => {
      await world.admin.roles.create({ id: 'reader', description: '', permissions: ['clients:read'] })
      await world.admin.initialAccessTokens.create({ name: 'of the administrator', usesMax: 3 })
      const reader = await newPerson(world, 'Rosa Reader', ['reader'])

      await signIn(page, world, '/console/registration', reader)

      await page.getByText('3 of 3 uses left').waitFor()
      assert.equal(await page.getByRole('button', { name: /Make a token|Take back/ }).count(), 0)
      await assertAccessible(page)
    },
  )

  await stage.play(
    'one is made, shown once, used up by a client, and its name stays text',
    {},
    async (page, world) => {
      await signIn(page, world, '/console/registration')
      await page.getByRole('button', { name: 'Make a token' }).click()
      await dialog(page).getByLabel('What is it for?').fill(MARKUP)
      await dialog(page).getByLabel('How many clients').fill('2')
      await dialog(page).getByRole('combobox', { name: 'How long' }).click()
      await page.getByRole('option', { name: '7 days' }).click()
      await assertAccessible(page)
      await shoot(page, 'registration-create')
      await dialog(page).getByRole('button', { name: 'Make a token' }).click()
      const shown = page.getByRole('group', { name: 'Initial access token' })
      const secret = (await shown.getByRole('code').textContent()) ?? ''
      await shown.getByRole('button', { name: /^Copy/ }).click()
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), secret)
      await assertAccessible(page)
      await shoot(page, 'registration-secret')
      await page.getByRole('button', { name: 'I have kept it' }).click()
      await dialog(page).waitFor({ state: 'detached' })
      assert.ok(!(await page.content()).includes(secret))

      assert.equal(await registerStatus(world, secret), 201)

      await page.reload()
      const row = page.getByRole('listitem').filter({ hasText: MARKUP })
      await row.getByText('1 of 2 uses left').waitFor()
      await row.getByText('last used').waitFor()
      await row.getByRole('link', { name: 'Ada Lovelace' }).waitFor()
      assert.equal(await page.locator('#content img').count(), 0)
      assert.equal(await registerStatus(world, secret), 201)
      assert.equal(await registerStatus(world, secret), 401)
      await page.reload()
      await row.getByText('used up').waitFor()
      await shootEveryWay(page, 'registration')
    },
  )

  await stage.play(
    'one is taken back by its name, in German, and lets nobody in',
    {},
    async (page, world) => {
      const { secret } = await world.admin.initialAccessTokens.create({ name: 'Notizen', usesMax: 5 })
      await signIn(page, world, '/console/registration')
      await speakGerman(page)
      await page.getByRole('button', { name: 'Zurücknehmen: Notizen' }).click()
      await page.getByRole('heading', { name: '„Notizen“ zurücknehmen?' }).waitFor()
      await assertAccessible(page)
      await shoot(page, 'registration-revoke-de')
      await page.keyboard.press('Escape')
      await dialog(page).waitFor({ state: 'detached' })
      assert.equal(await registerStatus(world, secret.reveal()), 201)

      await page.getByRole('button', { name: 'Zurücknehmen: Notizen' }).click()
      await dialog(page).getByRole('button', { name: 'Zurücknehmen' }).click()

      await page.getByText('Das Token ist zurückgenommen.').waitFor()
      await page.getByText('Notizen').waitFor({ state: 'detached' })
      assert.equal(await registerStatus(world, secret.reveal()), 401)
    },
  )
})
