/**
 * Every field that the API’s document has of a client is one of the form’s. Nothing here lists the fields: what the
 * document has and the form does not, fails.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Locator, Page } from 'playwright-core'
import { assertAccessible, shoot } from './browser.ts'
import { signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'
import type { World } from './world.ts'

/** Of the body of this request, by the document. */
async function fieldsOf(world: World, path: string, method: string): Promise<readonly string[]> {
  const document = Object(await (await fetch(`${world.url}/openapi.json`)).json())
  const { schema } = document.paths[path][method].requestBody.content['application/json']
  const name = schema.$ref?.split('/').at(-1)
  const { properties } = name === undefined ? schema : document.components.schemas[name]
  return Object.keys(properties).sort()
}

/** The names of what is sent by this form, which the authority answers as it likes. */
async function sentBy(page: Page, method: string, act: () => Promise<void>): Promise<readonly string[]> {
  const request = page.waitForRequest((one) => one.method() === method && one.url().includes('/v1/clients'))
  await act()
  return Object.keys((await request).postDataJSON()).sort()
}

async function pick(page: Page, form: Locator, label: string, option: string | RegExp): Promise<void> {
  await form.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option }).click()
}

async function fillMore(page: Page, form: Locator): Promise<void> {
  await form.getByText('More settings').click()
  const grants = form.getByRole('group', { name: 'Ways to get tokens' })
  await grants.getByLabel('in its own name').check({ force: true })
  await pick(page, form, 'In the name of', 'turnstile robot')
  await pick(page, form, 'Level that it demands', /^AAL2/)
  await form.getByLabel('Logo', { exact: true }).fill('https://gym.example.com/logo.svg')
  await form.getByLabel('Privacy policy').fill('https://gym.example.com/privacy')
  await form.getByLabel('Terms of service').fill('https://gym.example.com/terms')
  await form.getByLabel('Back to after signing out').fill('https://gym.example.com/bye')
  await form.getByLabel('Back-channel logout URI').fill('https://gym.example.com/logout')
  await pick(page, form, 'Profile', 'oidc-basic')
  await form.getByRole('checkbox', { name: 'Its tokens are always bound' }).check()
  await pick(page, form, 'What it knows people by', /^pairwise/)
  await form.getByLabel('Address of its sector').fill('https://gym.example.com/redirect-uris.json')
  await form.getByLabel('Its public keys (JWK Set)').fill('{"keys": [')
}

test('the fields of OAuth clients', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })
  const { world } = stage
  await world.admin.serviceAccounts.create({ name: 'turnstile robot', roles: [] })
  await world.admin.clients.create({
    id: 'gym',
    name: 'Gym',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code'],
    redirect_uris: ['https://gym.example.com/callback'],
    scopes: ['openid'],
  })

  await stage.play('each can be changed, and what is no key is not sent', {}, async (page) => {
    const form = page.getByRole('dialog')
    await signIn(page, world, '/console/clients/gym')
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await form.getByLabel('Name', { exact: true }).fill('The Gym')
    await form.getByLabel('Redirect URIs', { exact: true }).fill('https://gym.example.com/other')
    await form.getByRole('group', { name: 'What it may learn' }).getByLabel('email').check({ force: true })
    await form.getByLabel('Audiences').fill('https://pool.example.com,')
    await pick(page, form, 'ID tokens signed with', 'RS256')
    await pick(page, form, 'Proves itself by', 'a secret, in the body')
    await fillMore(page, form)
    await form.getByText('This is no JWK Set').waitFor()
    await form.getByRole('button', { name: 'Save' }).click()
    await assertAccessible(page)
    await shoot(page, 'clients-fields')
    await form.getByLabel('Its public keys (JWK Set)').fill('{"keys": [{"kty": "OKP"}]}')
    await form.getByLabel('Address of its keys').fill('https://gym.example.com/keys')

    const sent = await sentBy(page, 'PATCH', () => form.getByRole('button', { name: 'Save' }).click())

    // Two ways to name keys exclude each other, and the field says so.
    await form.getByText('Keys are registered, or published by the client, but not both.').first().waitFor()
    const fields = await fieldsOf(world, '/v1/clients/{id}', 'patch')
    assert.deepEqual(
      fields.filter((field) => !sent.includes(field)),
      ['disabled'],
    )
    await form.getByLabel('Its public keys (JWK Set)').fill('')
    await form.getByLabel('Address of its keys').fill('')
    // Nobody answers there: with one host of its own it is a sector without it.
    await form.getByLabel('Address of its sector').fill('')
    await form.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'More settings' }).waitFor()
    const kept = await world.admin.clients.read('gym')
    assert.deepEqual(
      [kept.assurance, kept.logo_uri, kept.policy_uri, kept.tos_uri, kept.backchannel_logout_uri],
      ['aal2', ...['logo.svg', 'privacy', 'terms', 'logout'].map((end) => `https://gym.example.com/${end}`)],
    )
    assert.deepEqual(kept.post_logout_redirect_uris, ['https://gym.example.com/bye'])
    assert.equal(kept.dpop_bound_access_tokens, true)
    assert.equal(kept.subject_type, 'pairwise')
    await assertAccessible(page)
    await shoot(page, 'clients-more-facts')
  })

  await stage.play('each can be set from the start', {}, async (page) => {
    const form = page.getByRole('dialog')
    await signIn(page, world, '/console/clients')
    await page.getByRole('button', { name: 'Register a client' }).click()
    await form.getByLabel('Name', { exact: true }).fill('Pool')
    await form.getByLabel('Redirect URIs', { exact: true }).fill('https://pool.example.com/callback')
    await pick(page, form, 'ID tokens signed with', 'RS256')
    await fillMore(page, form)
    await form.getByLabel('Its public keys (JWK Set)').fill('{"keys": [{"kty": "OKP"}]}')
    await form.getByLabel('Address of its keys').fill('https://pool.example.com/keys')
    const submit = form.getByRole('button', { name: 'Register a client' })

    const sent = await sentBy(page, 'POST', () => submit.click())

    assert.deepEqual(
      (await fieldsOf(world, '/v1/clients', 'post')).filter((field) => !sent.includes(field)),
      [],
    )
  })

  await stage.play(
    'what is taken away is gone, in German and on a narrow screen',
    { width: 360 },
    async (page) => {
      const form = page.getByRole('dialog')
      await signIn(page, world, '/console/clients/gym')
      await speakGerman(page)
      await page.getByRole('button', { name: 'Ändern', exact: true }).click()
      await form.getByText('Weitere Einstellungen').click()
      await form.getByLabel('Logo', { exact: true }).fill('')
      await form.getByLabel('Zurück nach dem Abmelden').fill('')
      await assertAccessible(page)
      await shoot(page, 'clients-fields-de-360')
      await form.getByRole('button', { name: 'Speichern' }).click()
      await form.waitFor({ state: 'hidden' })

      const kept = await world.admin.clients.read('gym')
      assert.deepEqual([kept.logo_uri, kept.post_logout_redirect_uris, kept.assurance], [null, [], 'aal2'])
    },
  )
})
