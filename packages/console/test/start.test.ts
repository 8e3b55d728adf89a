/** The first steps: a key is made, its first request is noticed, and each step says when it is done. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { frameworks, protectedApi } from '../src/start/frameworks.ts'
import { firstRequest, snippetLanguages } from '../src/start/snippets.ts'
import { codeOf } from './authenticator.ts'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { giveDevice } from './device.ts'
import { waitForFocus } from './keyboard-walk.ts'
import { enrol, newPerson, signedInElsewhere, signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'

const dialog = (page: Page) => page.getByRole('dialog')

test('each way to send the first request names the server and the key, and nothing else secret', () => {
  for (const language of snippetLanguages) {
    const text = firstRequest(language, 'https://auth.example.com', 'cs_key')

    assert.ok(text.includes('https://auth.example.com/v1/me') && text.includes('cs_key'), language)
  }
})

test('the code for each framework names the server, and holds no key', () => {
  for (const framework of frameworks) {
    const text = protectedApi(framework, 'https://auth.example.com', 'https://api.example.com')

    assert.match(text, /issuer: 'https:\/\/auth\.example\.com'/)
    assert.match(text, /audience: 'https:\/\/api\.example\.com'/)
    assert.match(text, /process\.env\.COUNTERSIGN_KEY/)
    assert.match(
      text,
      new RegExp(`@countersign/verifier/${framework.replace('node:http', 'node').toLowerCase()}`),
    )
  }
})

test('the first steps', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })

  await stage.play('wait for the first request, and notice it', {}, async (page, world) => {
    const person = await newPerson(world, 'Olga Starter', ['administrator'])
    await signIn(page, world, '/console/start', person)
    await page.getByRole('heading', { name: 'Secure your own account to do' }).waitFor()
    await assertAccessible(page)
    await shoot(page, 'start-empty')
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText('Waiting for your first request…').waitFor()
    await shootEveryWay(page, 'start')
    const shown = await page.getByRole('figure', { name: 'curl' }).getByRole('code').textContent()
    const [, key = '', url = ''] = /X-API-Key: (\S+)' (\S+)$/.exec(shown ?? '') ?? []

    const answer = await fetch(url, { headers: { 'x-api-key': key } })

    assert.equal(answer.status, 200)
    await page.getByText('Got it: the key was used.').waitFor()
    await assertAccessible(page)
    await shoot(page, 'start-done')
    await enrol(await signedInElsewhere(world, person))
    await speakGerman(page)
    await page.getByText('Ein Passwort allein öffnet Ihr Konto nicht.').waitFor()
    assert.ok(!(await page.content()).includes(key))
    await shoot(page, 'start-de')
  })

  await stage.play(
    'begin with a passkey, made on the spot, and its recovery codes',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Pavel First', ['administrator'])
      await signIn(page, world, '/console/start', person)
      await giveDevice(page)

      await page.getByRole('button', { name: 'Add a passkey' }).click()

      await page.getByRole('dialog').getByRole('listitem').first().waitFor()
      await assertAccessible(page)
      await page.getByRole('button', { name: 'I have kept them' }).click()
      await page.getByText('A password alone does not open your account.').waitFor()
    },
  )

  await stage.play(
    'begin with an app where the browser knows no passkeys, and its recovery codes',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Wanda Nowebauthn', ['administrator'])
      await page.addInitScript('delete window.PublicKeyCredential')
      await signIn(page, world, '/console/start', person)
      await page.getByText('This browser makes no passkeys').waitFor()
      assert.equal(await page.getByRole('button', { name: 'Add a passkey' }).count(), 0)

      await page.getByRole('button', { name: 'Add an authenticator app' }).click()
      await page.getByLabel('A name for it').fill('phone')
      await dialog(page).getByRole('button', { name: 'Continue' }).click()
      await page.getByRole('img', { name: /QR code/ }).waitFor()
      await assertAccessible(page)
      await shoot(page, 'start-app')
      const seed =
        (await page.getByRole('group', { name: 'Key for the app' }).getByRole('code').textContent()) ?? ''
      const right = codeOf(seed, 0)
      await page.getByLabel('Then enter the six digits').fill(right === '000000' ? '000001' : '000000')
      await dialog(page).getByRole('button', { name: 'Confirm' }).click()
      await dialog(page).getByRole('alert').waitFor()
      await page.getByLabel('Then enter the six digits').fill(codeOf(seed, 0))
      await dialog(page).getByRole('button', { name: 'Confirm' }).click()
      await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor()
      assert.equal(await dialog(page).getByRole('listitem').count(), 10)
      await assertAccessible(page)
      // Codes that nobody has kept are not shown again: only the button closes them.
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'I have kept them' }).click()

      await page.getByText('A password alone does not open your account.').waitFor()
      await dialog(page).waitFor({ state: 'detached' })
      await waitForFocus(page, /^h2 Choose a method for each caller/, 'After the codes')
      assert.equal(await page.getByRole('button', { name: 'Add an authenticator app' }).count(), 0)
      const [account] = (await world.admin.accounts.list({ search: person.email })).items
      const { items } = await world.admin.accountFactors.list(account?.id ?? '')
      assert.deepEqual(
        items.map(({ kind, name }) => [kind, name]),
        [['totp', 'phone']],
      )
    },
  )

  await stage.play(
    'protect an API in the framework that one uses, and notice its first request',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Ines Api', ['administrator'])
      await signIn(page, world, '/console/start', person)
      await page.getByRole('button', { name: 'Make the key' }).click()
      await page.getByRole('button', { name: 'Make its key' }).click()
      await page.getByText('Waiting for your API to connect…').waitFor()
      await page.getByText('Fastify').click()
      await page.getByRole('figure', { name: 'Fastify' }).getByText('@countersign/verifier/fastify').waitFor()
      await shootEveryWay(page, 'start-protect')
      const run = await page.getByRole('figure', { name: 'Start it' }).getByRole('code').textContent()
      const [, apiKey = ''] = /COUNTERSIGN_KEY='([^']+)'/.exec(run ?? '') ?? []
      const call = await page.getByRole('figure', { name: 'Call it' }).getByRole('code').textContent()
      const [, callerId = ''] = /cs_keylive_([0-9a-z]{26})_/.exec(call ?? '') ?? []
      const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }

      // What a verifier does once it runs: it follows the log, and reports what was used.
      const followed = await fetch(`${world.url}/v1/revocations?verifier=${'v'.repeat(32)}`, { headers })
      assert.equal(followed.status, 200, await followed.text())
      await page.getByText('Your API is connected. Waiting for its first request…').waitFor()
      const now = new Date().toISOString()
      const credential = { kind: 'api_key', id: `key_${callerId}` }
      const use = { credential, route: 'hello', count: 1, refused: 0, first: now, last: now, address: null }
      const reported = await fetch(`${world.url}/v1/usage`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ uses: [use], refusals: [] }),
      })

      assert.equal(reported.status, 204)
      await page.getByText('Got it: your API has let its first request in.').waitFor()
      await shoot(page, 'start-protected')
    },
  )
})
