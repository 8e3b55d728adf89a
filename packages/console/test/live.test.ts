/** What a page shows without being loaded again: what happens meanwhile, when it was, and how a key is used. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '@countersign/client'
import { requireProgram } from '@countersign/tools/programs'
import { newPerson, signedInElsewhere, signIn } from './people.ts'
import { openStage } from './stage.ts'

test('what happens while a page is open', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })
  const { world } = stage
  const person = await newPerson(world, 'Lina Live')

  await stage.play(
    'a session that is opened stands in the tree, and leaves it once it is ended',
    {},
    async (page) => {
      const { items } = await world.admin.accounts.list({ email: person.email })
      await signIn(page, world, `/console/people/${items[0]?.id}`)
      await page.getByRole('heading', { level: 1, name: 'Lina Live' }).waitFor()
      const nodes = page.getByRole('button', { name: /Session/ })
      assert.equal(await nodes.count(), 0)

      const elsewhere = await signedInElsewhere(world, person)
      await nodes.first().waitFor()
      await elsewhere.signOut()

      await nodes.first().waitFor({ state: 'detached' })
    },
  )

  await stage.play('the overview tells of it, and when it was to the second', {}, async (page) => {
    await signIn(page, world, '/console')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    assert.equal(await page.getByText('role.created').count(), 0)

    await world.admin.roles.create({ id: 'lifeguard', description: '', permissions: ['pool:watch'] })

    await page.getByText('role.created').waitFor()
    const time = page.locator('main time').first()
    const at = (await time.getAttribute('datetime')) ?? ''
    const told = (await time.getAttribute('title')) ?? ''
    assert.ok(Math.abs(Date.now() - Date.parse(at)) < 60_000, at)
    assert.match(told, new RegExp(`${new Date(at).getFullYear()}.*\\d{1,2}:\\d{2}:\\d{2}`))
  })

  await stage.play('the row of a key draws how often it was used', {}, async (page) => {
    const made = await world.admin.apiKeys.create({ name: 'the gate', permissions: [] })
    const gate = createClient({ baseUrl: world.url, credential: { apiKey: made.secret } })
    for (let use = 0; use < 3; use += 1) await gate.me()
    await signIn(page, world, '/console/keys')
    const row = page.getByRole('listitem').filter({ hasText: 'the gate' })
    await row.waitFor()

    // Uses are written together, every five seconds.
    const drawn = row.getByRole('img', { name: '3 requests in 14 days' })
    for (let look = 0; look < 15 && (await drawn.count()) === 0; look += 1) {
      await page.waitForTimeout(1000)
      await page.reload()
      await row.waitFor()
    }

    assert.equal(await drawn.locator('rect').count(), 14)
    assert.equal(await drawn.locator('rect:not([data-empty])').count(), 1)
  })
})
