/** The overview: what needs attention, and what happened, as pictures and as numbers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '@countersign/client'
import { requireProgram } from '@countersign/tools/programs'
import { shoot, shootEveryWay } from './browser.ts'
import { newPerson, signedInElsewhere, signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'

test('the overview', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })
  const { world } = stage
  const person = await newPerson(world, 'Ben Busy')
  for (let index = 0; index < 7; index += 1) await signedInElsewhere(world, person)
  for (let index = 0; index < 3; index += 1) {
    const wrong = createClient({ baseUrl: world.url })
    await assert.rejects(wrong.signIn({ email: person.email, password: 'this is not the one' }))
  }

  await stage.play(
    'tells what needs attention and what happened, and keeps its time in the address',
    {},
    async (page) => {
      await signIn(page, world, '/console')
      await page.getByText('An administrator has no second factor').waitFor()
      await page.getByRole('img', { name: /^Sign-ins: 8 in 24 hours, most of them, 8/ }).waitFor()
      await page.getByRole('img', { name: /^Refused tries: 3 in 24 hours/ }).waitFor()
      await shootEveryWay(page, 'overview')
      await page.getByText('The same as numbers').click()
      await page.getByRole('columnheader', { name: 'Refused tries' }).waitFor()
      await page.getByText('30 days').click()
      await page.waitForURL(/period=month/)
      await page.reload()
      await page.getByRole('img', { name: /^Sign-ins: 8 in 30 days/ }).waitFor()

      await page.getByRole('link', { name: /^Look: An administrator/ }).click()

      await page.getByRole('heading', { name: 'Ada Lovelace' }).first().waitFor()
      await page.goBack()
      await speakGerman(page)
      await page.getByRole('img', { name: /^Anmeldungen: 8 in 30 Tage/ }).waitFor()
      await shoot(page, 'overview-de')
    },
  )
})
