/** The account pages, from end to end: sessions, second factors, API keys, appearance and language. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createClient } from '@countersign/client'
import { makeMmdb } from '@countersign/tools/mmdb'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { codeOf } from './authenticator.ts'
import { assertAccessible, shoot } from './browser.ts'
import { enrol, newPerson, signedInElsewhere, signIn } from './people.ts'
import { openStage } from './stage.ts'
import { ADMIN } from './world.ts'

const dialog = (page: Page) => page.getByRole('dialog')

/** A data file that knows where this machine is. */
async function makePlaces(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-places-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'places.mmdb')
  const here = { country: { iso_code: 'DE' }, city: { names: { en: 'Bremen <b>' } } }
  await writeFile(file, makeMmdb({ '127.0.0.0/8': here }))
  return file
}

test('the account pages', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, {
    COUNTERSIGN_GEO_DATABASE: await makePlaces(t),
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
    COUNTERSIGN_RATE_LIMIT_FACTOR: 'dangerously-off',
  })

  await stage.play(
    'a session is ended on its owner’s word, at once and everywhere',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Noor Away')
      const elsewhere = await signedInElsewhere(world, person)
      await signIn(page, world, '/account/sessions', person)
      await page.getByText('this one').waitFor()
      // Of those two that came by the address that the file knows; the other may have come by ::1.
      await page.getByText('Bremen <b>, DE · 127.0.0.1').first().waitFor()
      await assertAccessible(page)
      await shoot(page, 'account-sessions')

      await page.getByRole('button', { name: /^End: / }).click()
      await dialog(page).waitFor()
      await assertAccessible(page)
      await shoot(page, 'account-sessions-end')
      await dialog(page).getByRole('button', { name: 'End', exact: true }).click()

      await page.getByText('The session has ended everywhere.').waitFor()
      await assert.rejects(elsewhere.me(), { code: 'invalid_credential' })
      await page.getByText('You are signed in nowhere else.').waitFor()
    },
  )

  await stage.play(
    'all others end together, and whoever is ended is led to the sign-in',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Otto Twice')
      const elsewhere = await signedInElsewhere(world, person)
      await signIn(page, world, '/account/sessions', person)
      await page.getByRole('button', { name: 'End all others' }).click()
      await dialog(page).getByRole('button', { name: 'End all others' }).click()
      await page.getByText('1 session has ended.').waitFor()
      await assert.rejects(elsewhere.me(), { code: 'invalid_credential' })

      const third = await signedInElsewhere(world, person)
      await third.sessions.endOthers()
      await page.getByRole('link', { name: 'API keys' }).click()

      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      assert.equal(new URL(page.url()).searchParams.get('next'), '/account/keys')
    },
  )

  await stage.play(
    'an app is added, with recovery codes; another session has to prove itself first',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Pia Prudent')
      await signIn(page, world, '/account/security', person)
      await page.getByText('No app yet').waitFor()
      await assertAccessible(page)
      await shoot(page, 'account-security-empty')
      await page.getByRole('button', { name: 'Add an app' }).click()
      await page.getByLabel('A name for it').fill('phone')
      await dialog(page).getByRole('button', { name: 'Continue' }).click()
      await page.getByRole('img', { name: /QR code/ }).waitFor()
      await assertAccessible(page)
      await shoot(page, 'account-security-offer')
      const seed = await page.getByRole('group', { name: 'Key for the app' }).getByRole('code').textContent()
      await page.getByLabel('Then enter the six digits').fill(codeOf(seed ?? '', -1))
      await dialog(page).getByRole('button', { name: 'Confirm' }).click()
      await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor()
      await assertAccessible(page)
      await shoot(page, 'account-security-codes')
      await page.getByRole('button', { name: 'I have kept them' }).click()

      await page.getByText('10 codes are left.').waitFor()
      await assertAccessible(page)
      await shoot(page, 'account-security')
    },
  )

  await stage.play(
    'what was signed in before there was a factor steps up, and its action goes on',
    { scheme: 'dark' },
    async (page, world) => {
      const person = await newPerson(world, 'Quin Older')
      await signIn(page, world, '/account/security', person)
      const seed = await enrol(await signedInElsewhere(world, person))
      await page.reload()
      await page.getByRole('button', { name: 'Make new codes' }).click()
      await dialog(page).getByRole('button', { name: 'Make new codes' }).click()
      await page.getByRole('heading', { name: 'Is it you?' }).waitFor()
      await assertAccessible(page)
      await shoot(page, 'account-step-up-dark')

      await page.getByLabel('Code of your authenticator app').fill(codeOf(seed, 0))
      await page.getByRole('button', { name: 'Confirm' }).click()

      await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor()
    },
  )

  await stage.play('a key is created, shown once, used, rotated and ended', {}, async (page, world) => {
    await signIn(page, world, '/account/keys')
    await page.getByText('No key yet').waitFor()
    await assertAccessible(page)
    await shoot(page, 'account-keys-empty')
    await page.getByRole('button', { name: 'Create a key' }).click()
    await page.getByLabel('What is it for?').fill('nightly backup')
    await page.getByRole('group', { name: 'audit' }).getByLabel('read').check({ force: true })
    await page.getByRole('group', { name: 'accounts', exact: true }).getByLabel('read').check({ force: true })
    await assertAccessible(page)
    await shoot(page, 'account-keys-create')
    await dialog(page).getByRole('button', { name: 'Create', exact: true }).click()
    const secret = await page.getByRole('group', { name: 'The key' }).getByRole('code').textContent()
    await assertAccessible(page)
    await shoot(page, 'account-keys-secret')
    await page.getByRole('button', { name: 'I have kept it' }).click()
    const program = createClient({ baseUrl: world.url, credential: { apiKey: secret ?? '' } })
    assert.deepEqual((await program.me()).permissions.toSorted(), ['accounts:read', 'audit:read'])
    await page.reload()
    await page.getByRole('img', { name: /in 14 days/ }).waitFor()
    await page.getByRole('button', { name: 'Rotate: nightly backup' }).click()
    await shoot(page, 'account-keys-rotate')
    await dialog(page).getByRole('button', { name: 'Rotate' }).click()
    const second = await page.getByRole('group', { name: 'The key' }).getByRole('code').textContent()
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByText('old secret ends').waitFor()
    await assertAccessible(page)
    await shoot(page, 'account-keys')
    await createClient({ baseUrl: world.url, credential: { apiKey: second ?? '' } }).me()
    await program.me()

    await page.getByRole('button', { name: 'End: nightly backup' }).click()
    await dialog(page).getByRole('button', { name: 'End', exact: true }).click()

    await page.getByText('The key has ended everywhere.').waitFor()
    await assert.rejects(program.me(), { code: 'invalid_credential' })
    await page.getByText('No key yet').waitFor()
  })

  await stage.play(
    'a password is changed, and every other session ends with the old one',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Sol Changer')
      const elsewhere = await signedInElsewhere(world, person)
      await signIn(page, world, '/account/security', person)
      await page.getByLabel('Current password').fill('not this one at all')
      await page.getByLabel('New password', { exact: true }).fill('eleven foxes under the bridge')
      await page.getByRole('button', { name: 'Change the password' }).click()
      await page.getByRole('alert').waitFor()
      await assertAccessible(page)
      await elsewhere.me()

      await page.getByLabel('Current password').fill(person.password)
      await page.getByRole('button', { name: 'Change the password' }).click()

      await page.getByText('The password is changed.').waitFor()
      await shoot(page, 'account-password')
      await assert.rejects(elsewhere.me(), { code: 'invalid_credential' })
      await page.getByRole('link', { name: 'Profile' }).click()
      await page.getByRole('heading', { name: person.name }).waitFor()
    },
  )

  await stage.play(
    'somebody without permissions is told so, and has no way to the console',
    { width: 360 },
    async (page, world) => {
      const person = await newPerson(world, 'Rita Plain')
      await signIn(page, world, '/account', person)
      await page.getByText('Your roles hold no permissions yet.').waitFor()
      await assertAccessible(page)
      await shoot(page, 'account-360')

      await page.getByRole('button', { name: 'Open the menu' }).click()
      await page.getByRole('link', { name: 'Security' }).waitFor()

      assert.equal(await page.getByRole('link', { name: 'Console' }).count(), 0)
      await assertAccessible(page)
      await shoot(page, 'account-menu-360')
    },
  )

  await stage.play('appearance and language are the person’s, and stay', {}, async (page, world) => {
    await signIn(page, world)
    await page.getByRole('heading', { name: ADMIN.name }).waitFor()
    await shoot(page, 'account')
    await page.getByRole('button', { name: /^Menu of/ }).click()
    await page.getByText('Dark', { exact: true }).waitFor()
    await assertAccessible(page)
    await shoot(page, 'account-user-menu')
    await page.getByText('Dark', { exact: true }).click()
    await page.getByText('Deutsch').click()
    await page.getByRole('link', { name: 'Sicherheit' }).waitFor()

    await page.reload()

    await page.getByRole('link', { name: 'Sicherheit' }).waitFor()
    assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'dark')
    await assertAccessible(page)
    await shoot(page, 'account-de-dark')
  })

  await stage.play(
    'what was chosen holds on the pages of the server, until the system is chosen again',
    { scheme: 'dark' },
    async (page, world) => {
      const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor')
      const choose = async (name: string): Promise<void> => {
        await page.getByRole('button', { name: /^Menu of/ }).click()
        await page.getByText(name, { exact: true }).click()
      }
      await signIn(page, world)
      await choose('Light')
      await keptScheme(page, 'light')

      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByText('You have signed out.').waitFor()
      assert.equal(await ground(), 'rgb(247, 248, 250)')
      assert.equal(await page.evaluate('document.cookie'), '__Host-countersign_scheme=light')
      await assertAccessible(page)
      await shoot(page, 'hosted-light-chosen')

      await signIn(page, world)
      assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'light')
      await choose('System')
      await keptScheme(page, undefined)
      await page.goto(`${world.url}/login`)
      assert.equal(await ground(), 'rgb(17, 19, 24)')
    },
  )

  await stage.play(
    'after the sign-out nothing of it is left, also by the way back',
    {},
    async (page, world) => {
      await signIn(page, world)
      await page.getByRole('button', { name: /^Menu of/ }).click()

      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByText('You have signed out.').waitFor()
      await page.goBack()

      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      assert.equal(await page.getByText(ADMIN.name).count(), 0)
      // The device stays known, so that others' wrong passwords do not keep its owner out; the sign-in page then asks for passkeys.
      const cookies = await page.context().cookies()
      assert.deepEqual(cookies.map(({ name }) => name).toSorted(), [
        '__Host-countersign_device',
        '__Host-countersign_form',
        '__Host-countersign_passkey',
      ])
    },
  )

  await stage.play(
    'a server that is away is said to be away, and the page can try again',
    {},
    async (page, world) => {
      await signIn(page, world)
      await page.route('**/v1/me/sessions', (route) => route.abort())
      await page.getByRole('link', { name: 'Sessions' }).click()
      await page.getByText('The server cannot be reached.').waitFor()
      await assertAccessible(page)
      await shoot(page, 'account-offline')

      await page.unroute('**/v1/me/sessions')
      await page.getByRole('button', { name: 'Try again' }).click()

      await page.getByText('this one').waitFor()
    },
  )
})

/** Waits until the browser keeps this, or nothing: it does so in its own time. */
async function keptScheme(page: Page, wanted: string | undefined): Promise<void> {
  for (let looked = 0; looked < 200; looked += 1) {
    const cookies = await page.context().cookies()
    if (cookies.find(({ name }) => name === '__Host-countersign_scheme')?.value === wanted) return
    await page.waitForTimeout(25)
  }
  assert.fail(`The browser does not keep ${wanted ?? 'nothing'}.`)
}
