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
})
