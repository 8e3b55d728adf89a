/** The console for administrators, from end to end, on a real authority with a verifier that follows it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '@countersign/client'
import { requireProgram } from '@countersign/tools/programs'
import { assertAccessible, shoot } from './browser.ts'
import { newPerson, signedInElsewhere, signIn } from './people.ts'
import { openStage } from './stage.ts'

test('the console', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, {
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
    COUNTERSIGN_RATE_LIMIT_FACTOR: 'dangerously-off',
  })

  await stage.play(
    'the overview shows what is alive, who follows, and what happened',
    {},
    async (page, world) => {
      await signIn(page, world, '/console')
      await page.getByRole('heading', { name: 'Verifiers' }).waitFor()
      await page.getByText('this authority').waitFor()
      await page.getByText('session.opened').first().waitFor()
      await page.getByRole('img', { name: /^Sign-ins: \d+ in 24 hours/ }).waitFor()

      await assertAccessible(page)
      await shoot(page, 'console-overview')
    },
  )

  await stage.play(
    'a person is found, looked at, and their session is revoked until it is confirmed',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Vera Found')
      const phone = await signedInElsewhere(world, person)
      const tokens = createClient({ baseUrl: world.url })
      await tokens.signIn({ email: person.email, password: person.password, deliver: 'jwt' })
      await signIn(page, world, '/console/people')
      await page.getByRole('searchbox', { name: 'Search' }).fill('VERA')
      await page.waitForURL(/q=VERA/)
      await page.getByRole('link', { name: /Vera Found/ }).waitFor()
      await assertAccessible(page)
      await shoot(page, 'console-people')
      await page.getByRole('link', { name: /Vera Found/ }).click()
      const sessions = page.getByRole('button', { name: /Session/ })
      await sessions.nth(1).waitFor()
      await page.getByRole('button', { name: /first-party/ }).waitFor()
      await assertAccessible(page)
      await shoot(page, 'console-person')
      // The newest stands first: the one with the grant under it.
      await sessions.first().click()
      await page.getByText('1 session, 1 grant and 0 API keys').first().waitFor()
      await shoot(page, 'console-person-node')
      await page.getByRole('button', { name: /1 access token/ }).click()
      await page.getByText('What ends above them ends them with it.').waitFor()
      assert.equal(await page.getByRole('button', { name: 'Revoke' }).count(), 0)
      await assertAccessible(page)
      await sessions.first().click()

      await page.getByRole('button', { name: 'Revoke' }).click()
      await page.getByLabel('Reason, for the audit log').fill('a lost laptop')
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()

      await page.getByText('Confirmed: no verifier accepts it any more.').waitFor()
      await assertAccessible(page)
      await shoot(page, 'console-person-confirmed')
      await assert.rejects(tokens.me(), { code: 'invalid_credential' })
      await phone.me()
      await page.getByRole('button', { name: /first-party/ }).waitFor({ state: 'detached' })
    },
  )

  await stage.play(
    'a person is created, changed, disabled and ended',
    { scheme: 'dark' },
    async (page, world) => {
      await signIn(page, world, '/console/people')
      await page.getByRole('button', { name: 'Create an account' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('E-mail address').fill('zoe@example.com')
      await dialog.getByLabel('Name').fill('Zoe')
      await dialog.getByLabel('First password', { exact: true }).fill('short')
      await dialog.getByRole('button', { name: 'Create an account' }).click()
      await dialog.getByRole('alert').waitFor()
      await assertAccessible(page)
      await shoot(page, 'console-people-create-dark')
      await dialog.getByLabel('First password', { exact: true }).fill('nine wet umbrellas in the hall')
      await dialog.getByRole('button', { name: 'Create an account' }).click()
      await page.getByRole('link', { name: /Zoe/ }).click()

      await page.getByRole('button', { name: 'Change', exact: true }).click()
      await dialog.getByLabel('Name').fill('Zoe Zimmer')
      await dialog.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('heading', { name: 'Zoe Zimmer' }).first().waitFor()
      await page.getByRole('button', { name: 'Disable' }).click()
      await dialog.getByRole('button', { name: 'Disable' }).click()
      await page.getByRole('button', { name: 'Enable' }).waitFor()
      await assertAccessible(page)
      await shoot(page, 'console-person-disabled-dark')
      await page.getByRole('button', { name: 'Delete' }).click()
      await dialog.getByRole('button', { name: 'Delete' }).click()

      await page.waitForURL(`${world.url}/console/people`)
      await page.getByText('It is deleted').waitFor()
      assert.equal((await world.admin.accounts.list({ search: 'zoe@' })).items.length, 0)
    },
  )

  await stage.play('a program gets a key, which stands in its tree', {}, async (page, world) => {
    await signIn(page, world, '/console/programs')
    await page.getByRole('button', { name: 'Create a service account' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('night job')
    await dialog.getByRole('button', { name: 'Create a service account' }).click()
    await page.getByRole('link', { name: /night job/ }).waitFor()
    await assertAccessible(page)
    await shoot(page, 'console-programs')
    await page.getByRole('link', { name: /night job/ }).click()
    await page.getByText('Nothing is alive under it.').waitFor()
    await page.getByRole('button', { name: 'Create a key' }).click()
    await dialog.getByLabel('What is it for?').fill('cron')
    await dialog.getByRole('group', { name: 'audit' }).getByLabel('read').check({ force: true })
    await dialog.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByRole('button', { name: 'I have kept it' }).click()

    await page.getByRole('button', { name: /cron API key/ }).click()
    await page.getByText('0 sessions, 0 grants and 1 API key').first().waitFor()
    await assertAccessible(page)
    await shoot(page, 'console-program')
  })

  await stage.play(
    'a role is created and changed; keys, signing keys, audit and explain are there',
    {},
    async (page, world) => {
      await signIn(page, world, '/console/roles')
      await page.getByRole('button', { name: 'Create a role' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Id', { exact: true }).fill('auditor')
      await dialog.getByLabel('What is it for?').fill('Reads the log.')
      await dialog.getByRole('group', { name: 'audit' }).getByLabel('read').check({ force: true })
      await dialog.getByRole('button', { name: 'Create a role' }).click()
      await page.getByText('Reads the log.').waitFor()
      await assertAccessible(page)
      await shoot(page, 'console-roles')

      await page.getByRole('link', { name: 'API keys' }).click()
      await page
        .getByRole('button', { name: /^Rotate: / })
        .first()
        .waitFor()
      await assertAccessible(page)
      await shoot(page, 'console-keys')

      await page.getByRole('link', { name: 'Keys and secrets' }).click()
      await page.getByText('signs now').waitFor()
      await page.getByRole('button', { name: 'Rotate' }).click()
      await dialog.getByRole('button', { name: 'Rotate' }).click()
      await page.getByText('The keys were rotated.').waitFor()
      await assertAccessible(page)
      await shoot(page, 'console-signing-keys')

      await page.getByRole('link', { name: 'Audit log' }).click()
      await page.getByRole('button', { name: 'Check the chain' }).click()
      await page.getByText('The chain is intact').waitFor()
      await page.getByLabel('Kind').fill('role.created')
      await page.getByRole('button', { name: 'Filter' }).click()
      await page.waitForURL(/type=role\.created/)
      await page.getByText('session.opened').waitFor({ state: 'detached' })
      await assertAccessible(page)
      await shoot(page, 'console-audit')
    },
  )

  await stage.play(
    'whoever may read the audit log alone sees that and nothing else',
    {},
    async (page, world) => {
      await world.admin.roles.create({ id: 'reader', permissions: ['audit:read'] })
      const person = await newPerson(world, 'Xena Reader', ['reader'])
      await signIn(page, world, '/console', person)
      await page.getByRole('link', { name: 'Audit log' }).waitFor()
      assert.equal(await page.getByRole('link', { name: 'People' }).count(), 0)

      await page.goto(`${world.url}/console/people`)

      await page.waitForURL(`${world.url}/console`)
      await assertAccessible(page)
      await shoot(page, 'console-reader')
    },
  )
})
