/** One's own name, data and activity, and a session that was somebody else's. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { newPerson, signedInElsewhere, signIn } from './people.ts'
import { openStage } from './stage.ts'

test('one’s own account', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })

  await stage.play('is renamed, exported, and tells what happened to it', {}, async (page, world) => {
    const person = await newPerson(world, 'Nils Namer')
    await signIn(page, world, '/account', person)
    await page.getByRole('textbox', { name: 'Your name' }).fill('Nils the Second')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Nils the Second' }).waitFor()
    await shootEveryWay(page, 'mine-profile')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download' }).click()
    const data = JSON.parse(await readFile(await (await download).path(), 'utf8'))
    assert.equal(data.account.email, person.email)
    await page.getByRole('link', { name: 'Activity' }).click()
    await page.getByText('session.opened').first().waitFor()

    await shootEveryWay(page, 'mine-activity')
  })

  await stage.play('takes back a session that was somebody else’s', {}, async (page, world) => {
    const person = await newPerson(world, 'Nora Other')
    const other = await signedInElsewhere(world, person)
    await signIn(page, world, '/account/sessions', person)
    await page.getByRole('button', { name: /^This wasn’t me: / }).click()
    await page.getByRole('dialog').waitFor()
    await assertAccessible(page)
    await shoot(page, 'mine-not-me')

    await page.getByRole('dialog').getByRole('button', { name: 'This wasn’t me' }).click()

    await page.getByText('It has ended, with all that came of it.').waitFor()
    await assert.rejects(other.me(), { code: 'invalid_credential' })
  })

  await stage.play(
    'gets another address, once the link that went to it was used with the password',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Emil Mover')
      await signIn(page, world, '/account', person)
      await page.getByLabel('New address').fill('not an address')
      await page.getByRole('button', { name: 'Send a link' }).click()
      assert.equal(await page.getByText('a link is on its way').count(), 0)
      await page.getByLabel('New address').fill('emil.new@example.com')
      await page.getByRole('button', { name: 'Send a link' }).click()
      await page.getByText('If emil.new@example.com can be used, a link is on its way').waitFor()
      await shootEveryWay(page, 'mine-email')
      assert.equal((await world.admin.accounts.list({ email: 'emil.new@example.com' })).items.length, 0)

      await page.goto(`${world.url}/dev/mail`)
      await page.getByRole('listitem').filter({ hasText: 'emil.new@example.com' }).getByRole('link').click()
      await page.getByText('To emil.new@example.com').waitFor()
      const link = /http\S+confirm-email\S*/.exec(await page.getByRole('main').innerText())?.[0] ?? ''
      await page.goto(link)
      await page.getByLabel('Password').fill(person.password)
      await page.getByRole('button').click()

      await page.getByRole('link', { name: /sign in/i }).waitFor()
      assert.equal((await world.admin.accounts.list({ email: 'emil.new@example.com' })).items.length, 1)
    },
  )

  await stage.play('says so while there is no network', {}, async (page, world) => {
    await signIn(page, world, '/account')
    await page.context().setOffline(true)
    await page.getByText('You are offline.').waitFor()
    await assertAccessible(page)
    await shoot(page, 'mine-offline')

    await page.context().setOffline(false)

    await page.getByText('You are offline.').waitFor({ state: 'detached' })
  })
})
