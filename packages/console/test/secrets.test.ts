/** Keys and secrets: their ages, the time line of the signing keys, and who has applied a change of them. */
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { shoot, shootEveryWay } from './browser.ts'
import { newPerson, signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'

test('keys and secrets', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })
  const { world } = stage
  const owner = await world.admin.serviceAccounts.create({ name: 'the fleet' })
  await world.admin.apiKeys.create({ name: 'van 1', permissions: [], service_account_id: owner.id })
  await world.admin.clients.create({
    id: 'the-pool',
    name: 'The pool',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code'],
    redirect_uris: ['https://pool.example.com/callback'],
    scopes: ['openid'],
  })

  await stage.play(
    'all are listed by their age, and a rotation is followed until every verifier has applied it',
    {},
    async (page) => {
      await signIn(page, world, '/console/signing-keys')
      await page.getByRole('img', { name: /^Time line of 1 signing keys/ }).waitFor()
      await page.getByText(/^v1/).waitFor()
      await page
        .getByRole('table', { name: /^API keys/ })
        .getByRole('link', { name: 'van 1' })
        .waitFor()
      await page
        .getByRole('table', { name: /^Client secrets/ })
        .getByRole('link', { name: 'The pool' })
        .waitFor()

      await page.getByRole('button', { name: 'Rotate' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Rotate' }).click()

      await page.getByText('Every verifier has applied the change.').waitFor()
      await page.getByRole('img', { name: /^Time line of 2 signing keys/ }).waitFor()
      await shootEveryWay(page, 'secrets')
      await page
        .getByRole('button', { name: /^Remove: / })
        .first()
        .click()
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
      await page.getByText('removed').first().waitFor()
      await page.getByText('Every verifier has applied the change.').waitFor()
      await page.getByRole('link', { name: 'van 1' }).click()
      await page.getByRole('heading', { name: 'the fleet' }).first().waitFor()
      await page.goBack()
      await speakGerman(page)
      await page.getByText('Wurzelgeheimnisse').waitFor()
      await shoot(page, 'secrets-de')
    },
  )

  await stage.play('whoever may not read settings sees the signing keys alone', {}, async (page) => {
    await world.admin.roles.create({ id: 'keeper', permissions: ['signing-keys:read', 'overview:read'] })
    const person = await newPerson(world, 'Kim Keeper', ['keeper'])
    await signIn(page, world, '/console/signing-keys', person)

    await page.getByRole('img', { name: /^Time line/ }).waitFor()

    await page.getByText('Root secrets').waitFor({ state: 'detached' })
  })
})
