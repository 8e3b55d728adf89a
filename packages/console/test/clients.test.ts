/** OAuth clients in the console, from end to end: registered by kind, changed, given a new secret, ended after a dry run. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'
import type { World } from './world.ts'

const dialog = (page: Page) => page.getByRole('dialog')
const shownSecret = async (page: Page): Promise<string> =>
  (await page.getByRole('group', { name: 'Client secret' }).getByRole('code').textContent()) ?? ''

/** What the token endpoint says to this secret (RFC 6749 §2.3.1). */
async function tokenStatus(world: World, id: string, secret: string): Promise<number> {
  const answer = await fetch(`${world.url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  return answer.status
}

test('OAuth clients', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })
  const { world } = stage
  await world.admin.serviceAccounts.create({ name: 'turnstile robot', roles: [] })

  await stage.play('a web app is registered, found and changed', {}, async (page) => {
    await signIn(page, world, '/console/clients')
    await page.getByRole('link', { name: /first-party/ }).waitFor()
    await shootEveryWay(page, 'clients')
    await page.getByRole('button', { name: 'Register a client' }).click()
    await dialog(page).getByLabel('Name', { exact: true }).fill('The Städtische Gym & Pool')
    assert.equal(await dialog(page).getByLabel('Client id').inputValue(), 'the-stadtische-gym-pool')
    await dialog(page).getByLabel('Client id').fill('gym')
    await dialog(page).getByLabel('Redirect URIs').fill('http://gym.example.com/callback')
    await dialog(page).getByRole('button', { name: 'Register a client' }).click()
    await dialog(page).getByText('A redirect URI is https').waitFor()
    await assertAccessible(page)
    await shoot(page, 'clients-create-refused')
    await dialog(page).getByLabel('Redirect URIs').fill('https://gym.example.com/callback\n')
    await dialog(page).getByRole('button', { name: 'Register a client' }).click()
    assert.match(await shownSecret(page), /^cs_sec/)
    await assertAccessible(page)
    await shoot(page, 'clients-secret')
    await page.getByRole('button', { name: 'I have kept it' }).click()

    await page.getByRole('searchbox', { name: 'Search' }).fill('STÄD')
    await page.waitForURL(/q=/)
    await page.getByRole('link', { name: /first-party/ }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: /Gym & Pool/ }).click()
    await page.getByRole('heading', { name: 'Scopes' }).waitFor()
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await dialog(page)
      .getByLabel('Redirect URIs')
      .fill('https://gym.example.com/callback\nhttps://gym.example.com/second')
    await dialog(page)
      .getByRole('group', { name: 'What it may learn' })
      .getByLabel('email')
      .uncheck({ force: true })
    await dialog(page).getByRole('combobox', { name: 'ID tokens signed with' }).click()
    await page.getByRole('option', { name: 'RS256' }).click()
    await dialog(page).getByRole('combobox', { name: 'Proves itself by' }).click()
    await page.getByRole('option', { name: 'a signature by a secret' }).click()
    await dialog(page).getByText('More settings').click()
    await dialog(page).getByRole('combobox', { name: 'What it knows people by' }).click()
    await page.getByRole('option', { name: /^pairwise/ }).click()
    await assertAccessible(page)
    await shoot(page, 'clients-edit')
    await dialog(page).getByRole('button', { name: 'Save' }).click()
    await page.getByText('https://gym.example.com/second').waitFor()
    await shootEveryWay(page, 'clients-one')

    const kept = await world.admin.clients.read('gym')
    assert.deepEqual(kept.scopes, ['openid', 'profile'])
    assert.equal(kept.redirect_uris.length, 2)
    assert.equal(kept.id_token_signed_response_alg, 'RS256')
    assert.deepEqual([kept.subject_type, kept.sector_identifier_uri], ['pairwise', null])
    assert.equal(kept.token_endpoint_auth_method, 'client_secret_jwt')
  })

  await stage.play(
    'a service is registered, its secret rotated with an overlap, and ended after a dry run',
    { scheme: 'dark' },
    async (page) => {
      await signIn(page, world, '/console/clients')
      await page.getByRole('button', { name: 'Register a client' }).click()
      await dialog(page)
        .getByRole('radio', { name: /^Service/ })
        .check({ force: true })
      await dialog(page).getByLabel('Name', { exact: true }).fill('Turnstiles')
      await dialog(page).getByRole('combobox', { name: 'In the name of' }).click()
      await page.getByRole('option', { name: 'turnstile robot' }).click()
      await assertAccessible(page)
      await shoot(page, 'clients-create-service-dark')
      await dialog(page).getByRole('button', { name: 'Register a client' }).click()
      const first = await shownSecret(page)
      await page.getByRole('button', { name: 'I have kept it' }).click()
      assert.equal(await tokenStatus(world, 'turnstiles', first), 200)

      await page.getByRole('link', { name: /Turnstiles/ }).click()
      await page.getByRole('button', { name: 'Rotate the secret' }).click()
      await assertAccessible(page)
      await shoot(page, 'clients-rotate-dark')
      await dialog(page).getByRole('button', { name: 'Rotate the secret' }).click()
      const second = await shownSecret(page)
      await page.getByRole('button', { name: 'I have kept it' }).click()
      assert.equal(await tokenStatus(world, 'turnstiles', first), 200)
      assert.equal(await tokenStatus(world, 'turnstiles', second), 200)

      await page.getByRole('button', { name: 'End', exact: true }).click()
      await dialog(page).getByText('Access tokens are not counted.').first().waitFor()
      await assertAccessible(page)
      await shoot(page, 'clients-end-dark')
      await dialog(page).getByRole('button', { name: 'End', exact: true }).click()

      await page.waitForURL(`${world.url}/console/clients`)
      assert.equal(await tokenStatus(world, 'turnstiles', second), 401)
    },
  )

  await stage.play('the pages speak German, and their views are addresses', { width: 360 }, async (page) => {
    await signIn(page, world, '/console/clients?q=gym')
    await page.getByRole('link', { name: /Gym & Pool/ }).waitFor()
    assert.equal(await page.getByRole('link', { name: /first-party/ }).count(), 0)
    await speakGerman(page)
    await page.getByRole('button', { name: 'Client eintragen' }).click()
    await dialog(page).getByText('Web-App mit Server').waitFor()
    await assertAccessible(page)
    await shoot(page, 'clients-create-de-360')
    await page.goto(`${world.url}/console/clients/gym`)
    await page.getByRole('heading', { name: 'Redirect-URIs' }).waitFor()
    await assertAccessible(page)
    await shoot(page, 'clients-one-de-360')

    await page.goto(`${world.url}/console/clients/nobody`)

    await page.getByText('Nichts hat diese Id').waitFor()
    await page.getByRole('link', { name: 'Zurück zu: OAuth-Clients' }).waitFor()
  })
})
