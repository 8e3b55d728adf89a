/** Inviting people from the console, up to the account that comes of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'

test('invitations', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_INVITATIONS_MAX: '2' })
  const { world } = stage

  await stage.play(
    'an address that is taken is told, another is invited, sent a link again, and taken back',
    {},
    async (page) => {
      await signIn(page, world, '/console/people')
      await page.getByRole('button', { name: 'Invite' }).click()
      const dialogue = page.getByRole('dialog')
      await dialogue.getByText('You may send 2 more').waitFor()
      await dialogue.getByLabel('E-mail').fill((await world.admin.accounts.list()).items[0]?.email ?? '')
      await dialogue.getByRole('button', { name: 'Invite' }).click()
      await dialogue.getByRole('alert').waitFor()
      await dialogue.getByLabel('E-mail').fill('ines@example.com')
      await shoot(page, 'invite')
      await dialogue.getByRole('button', { name: 'Invite' }).click()

      await page.getByText('The invitation is on its way.').waitFor()
      await page.getByRole('heading', { name: 'Invitations' }).waitFor()
      await assertAccessible(page)
      await shootEveryWay(page, 'invitations')
      const [first] = (await world.admin.invitations.list()).items
      assert.deepEqual([first?.email, first?.roles], ['ines@example.com', ['member']])
      await page.getByRole('button', { name: 'Send again: ines@example.com' }).click()
      await page.getByText('Another link is on its way').waitFor()
      await world.admin.invitations.send({ email: 'ida@example.com' })
      await page.reload()
      await page.getByRole('button', { name: 'Invite' }).click()
      await dialogue.getByText('As many invitations wait as may.').waitFor()
      await dialogue.getByLabel('E-mail').fill('ilse@example.com')
      await dialogue.getByRole('button', { name: 'Invite' }).click()
      await dialogue.getByRole('alert').waitFor()
      await dialogue.getByRole('button', { name: 'Close' }).click()
      await speakGerman(page)
      await page.getByRole('button', { name: 'Zurücknehmen: ines@example.com' }).click()
      await page.getByRole('dialog').getByText('Ihr Link legt kein Konto mehr an.').waitFor()
      await shoot(page, 'invitations-de')
      await page.getByRole('dialog').getByRole('button', { name: 'Zurücknehmen' }).click()
      await page.getByRole('button', { name: 'Zurücknehmen: ines@example.com' }).waitFor({ state: 'hidden' })
      await page.getByRole('button', { name: 'Zurücknehmen: ida@example.com' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Zurücknehmen' }).click()

      await page.getByRole('heading', { name: 'Einladungen' }).waitFor({ state: 'hidden' })
      assert.deepEqual((await world.admin.invitations.list()).items, [])
    },
  )
})
