/** What a person has allowed an app: given on the hosted page, seen on the account pages, and taken back there. */

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { newPerson, signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'
import type { World } from './world.ts'

/** Where a client would send the browser (OAuth 2.1 §4.1.1); it comes back to our own account page. */
function authorizeUrl(world: World): string {
  const challenge = createHash('sha256').update(randomBytes(32).toString('base64url')).digest('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'pool',
    redirect_uri: `${world.url}/account/applications`,
    scope: 'openid email doors:open',
    state: 'any',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  return `${world.url}/oauth/authorize?${query}`
}

test('applications', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })
  const { world } = stage
  await world.admin.clients.create({
    id: 'pool',
    name: 'The Pool',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: [`${world.url}/account/applications`],
    scopes: ['openid', 'email', 'doors:open'],
  })
  await world.admin.roles.create({ id: 'swimmer', permissions: ['doors:open'] })

  await stage.play('that were allowed something are listed, and lose it', {}, async (page) => {
    const person = await newPerson(world, 'Una Swimmer', ['swimmer'])
    await signIn(page, world, '/account/applications', person)
    await page.getByText('No application yet').waitFor()
    await page.getByText('this one').waitFor()
    await assertAccessible(page)
    await shoot(page, 'applications-empty')
    await page.goto(authorizeUrl(world))
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL(/\/account\/applications\?/)
    await page.getByText('The Pool').waitFor()
    await page.getByText('your e-mail address').waitFor()
    await shootEveryWay(page, 'applications')

    await page.getByRole('button', { name: 'Take back: The Pool' }).click()
    await page.getByRole('dialog').waitFor()
    await assertAccessible(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click()

    await page.getByText('No application yet').waitFor()
    await page.goto(authorizeUrl(world))
    await page.getByRole('button', { name: 'Allow' }).waitFor()
  })

  await stage.play('a browser is forgotten, in German', {}, async (page) => {
    const person = await newPerson(world, 'Vito Forgetful')
    await signIn(page, world, '/account/applications', person)
    await speakGerman(page)
    await page.getByText('dieser', { exact: true }).waitFor()
    await assertAccessible(page)
    await shoot(page, 'applications-de')

    await page.getByRole('button', { name: /^Vergessen: / }).click()

    await page.getByText('Kein Browser ist bekannt.').waitFor()
    assert.equal(await page.getByText('dieser', { exact: true }).count(), 0)
  })
})
