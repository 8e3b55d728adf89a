/** One thing done to many: chosen by hand or all that match, looked at by a dry run, stopped and gone on with. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { shoot, shootEveryWay } from './browser.ts'
import { newPerson, signedInElsewhere, signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'
import { ADMIN } from './world.ts'

test('bulk actions', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })
  const { world } = stage
  const owner = await world.admin.serviceAccounts.create({ name: 'the fleet' })
  const made = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      world.admin.apiKeys.create({
        name: `van ${index}`,
        permissions: [],
        service_account_id: owner.id,
      }),
    ),
  )

  await stage.play(
    'two people are disabled: the dry run says what ends with them, and the audit log has both',
    {},
    async (page) => {
      const tara = await newPerson(world, 'Tara Temp')
      await newPerson(world, 'Tom Temp')
      await newPerson(world, 'Pia Permanent')
      const elsewhere = await signedInElsewhere(world, tara)
      await signIn(page, world, '/console/people')
      await page.getByRole('checkbox', { name: 'Choose Tara Temp' }).check()
      await page.getByRole('checkbox', { name: 'Choose Tom Temp' }).check()
      const bar = page.getByRole('region', { name: 'What is to be done with those chosen' })
      await bar.getByText('2 chosen').waitFor()
      await shootEveryWay(page, 'bulk-chosen')

      await bar.getByRole('button', { name: 'Disable' }).click()

      const dialogue = page.getByRole('dialog')
      await dialogue.getByText('This changes 2 people.').waitFor()
      await dialogue.getByText('With them end: sessions 1').waitFor()
      assert.equal((await elsewhere.me()).principal.kind, 'account')
      await shootEveryWay(page, 'bulk-dry-run')
      await dialogue.getByRole('button', { name: 'Disable: 2 people' }).click()
      await dialogue.getByText('Done: 2 people.').waitFor()
      await shoot(page, 'bulk-done')
      await dialogue.getByRole('button', { name: 'Close' }).last().click()
      await page.getByText('Disabled').nth(1).waitFor()
      await assert.rejects(elsewhere.me())
      const events = await world.admin.audit.list({ type: 'account.disabled' })
      assert.equal(events.items.length, 2)
      await speakGerman(page)
      await page.getByRole('checkbox', { name: 'Pia Permanent wählen' }).check()
      await page.getByRole('button', { name: 'Löschen' }).click()
      await page.getByText('Das lässt sich nicht rückgängig machen.').waitFor()
      await shoot(page, 'bulk-de')
    },
  )

  await stage.play('all that match the filter are ended, but for whom one is oneself', {}, async (page) => {
    await signIn(page, world, '/console/people?q=example.com')
    await page.getByRole('checkbox', { name: `Choose ${ADMIN.name}` }).check()
    await page.getByRole('button', { name: 'Choose all that match' }).click()
    await page.getByText('All that match are chosen').waitFor()

    await page.getByRole('button', { name: 'Delete' }).click()
    const dialogue = page.getByRole('dialog')
    await dialogue.getByText('This changes 3 people.').waitFor()
    await dialogue.getByText('What you are signed in with is left out.').waitFor()
    await dialogue.getByRole('button', { name: 'Delete: 3 people' }).click()

    await dialogue.getByText('Done: 3 people.').waitFor()
    await dialogue.getByRole('button', { name: 'Close' }).last().click()
    await page.getByText('Tara Temp').waitFor({ state: 'detached' })
    assert.equal((await world.admin.accounts.list()).items.length, 1)
  })

  await stage.play('what is cut off says how far it has got, and goes on', {}, async (page) => {
    await signIn(page, world, '/console/keys')
    for (const { api_key: key } of made)
      await page.getByRole('checkbox', { name: `Choose ${key.name}` }).check()
    await page.getByRole('button', { name: 'Suspend' }).click()
    const dialogue = page.getByRole('dialog')
    await dialogue.getByText('This changes 6 API keys.').waitFor()
    // The request is done, and its answer is lost.
    await page.route('**/v1/api-keys/bulk', async (route) => {
      await route.fetch()
      await route.abort()
    })
    await dialogue.getByRole('button', { name: 'Suspend: 6 API keys' }).click()
    await dialogue.getByText('Interrupted after 0 of 6.').waitFor()
    await shoot(page, 'bulk-interrupted')
    await page.unroute('**/v1/api-keys/bulk')

    await dialogue.getByRole('button', { name: 'Go on' }).click()

    await dialogue.getByText('6 are so already.').waitFor()
    const keys = await world.admin.apiKeys.list({ owner: 'all' })
    assert.equal(keys.items.filter(({ suspended_at: at }) => at !== null).length, 6)
    const events = await world.admin.audit.list({ type: 'api_key.changed' })
    assert.equal(events.items.length, 6)
  })

  await stage.play('whoever may only look chooses nothing', {}, async (page) => {
    await world.admin.roles.create({ id: 'looker', permissions: ['accounts:read', 'overview:read'] })
    const person = await newPerson(world, 'Lena Look', ['looker'])
    await signIn(page, world, '/console/people', person)
    await page.getByText('Lena Look').first().waitFor()

    assert.equal(await page.getByRole('checkbox').count(), 0)
  })
})
