/** The page that explains: refusals by their id, credentials at every check. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '@countersign/client'
import { requireProgram } from '@countersign/tools/programs'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { newPerson, signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'

test('the page that explains', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })
  const person = await newPerson(stage.world, 'Yara Token')

  await stage.play(
    'a refusal is explained by its decision id, which stands in the address',
    {},
    async (page, world) => {
      const stranger = createClient({ baseUrl: world.url, credential: { sessionToken: 'nothing-good' } })
      const refusal = await stranger.me().catch((error: unknown) => error)
      assert.ok(refusal instanceof Error && 'decisionId' in refusal)
      await signIn(page, world, '/console/explain')
      await page.getByRole('textbox', { name: 'Decision id' }).fill('dec_nobody')
      await page.getByRole('button', { name: 'Look' }).click()
      await page.getByText('It is not remembered here any more').waitFor()

      await page.getByRole('textbox', { name: 'Decision id' }).fill(String(refusal.decisionId))
      await page.getByRole('button', { name: 'Look' }).click()

      const checks = page.getByRole('list', { name: 'Checks, in their order' })
      await checks.getByText('refused here').waitFor()
      await checks
        .getByRole('listitem')
        .filter({ hasText: 'Is it whole and well-formed?' })
        .getByText('refused here')
        .waitFor()
      await page.getByText('it may have been cut off').waitFor()
      await page.waitForURL(new RegExp(`decision=${String(refusal.decisionId)}`))
      await shootEveryWay(page, 'explain-decision')
      await speakGerman(page)
      await page.getByText('So lässt es sich beheben').waitFor()
      await shoot(page, 'explain-decision-de')
    },
  )

  await stage.play(
    'a pasted credential is sent in no address, and every check tells what it saw',
    {},
    async (page, world) => {
      const tokens = createClient({ baseUrl: world.url })
      const { access_token: access } = await tokens.signIn({
        email: person.email,
        password: person.password,
        deliver: 'jwt',
      })
      const text = access?.reveal() ?? ''
      const addresses: string[] = []
      page.on('request', (request) => addresses.push(request.url()))
      await signIn(page, world, '/console/explain')
      await page.getByRole('textbox', { name: 'Credential' }).fill(text)
      await page.getByText('The form is right.').waitFor()
      await page.getByText('at+jwt').first().waitFor()

      await page.getByRole('button', { name: 'Run all checks' }).click()
      await page.getByText('It passes every check.').waitFor()
      await page.getByText('What it would be used for').click()
      await page.getByLabel('Permissions').fill('notes:read notes:write')
      await page.getByRole('button', { name: 'Run all checks' }).click()

      await page.getByText('refused here').waitFor()
      await page.getByText('needed=notes:read,notes:write').waitFor()
      await shootEveryWay(page, 'explain-credential')
      await tokens.signOut()
      await page.getByRole('button', { name: 'Run all checks' }).click()
      await page
        .getByRole('listitem')
        .filter({ hasText: 'Is nothing on its path revoked?' })
        .getByText('refused here')
        .waitFor()
      assert.ok(!addresses.some((address) => address.includes(text.slice(-20))))
      assert.ok(!page.url().includes(text.slice(-20)))
      const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
      assert.ok(!kept.includes(text.slice(-20)))
      await speakGerman(page)
      await page.getByRole('textbox', { name: 'Ausweis' }).fill(text)
      await page.getByText('wie stark dieser Nachweis war').waitFor()
      await assertAccessible(page)
      await shoot(page, 'explain-credential-de')
    },
  )
})
