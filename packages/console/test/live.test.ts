/** What a page shows without being loaded again: what happens meanwhile, when it was, and how a key is used. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@countersign/client'
import { requireProgram } from '@countersign/tools/programs'
import { newPerson, signedInElsewhere, signIn } from './people.ts'
import { openStage } from './stage.ts'
import type { World } from './world.ts'

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

  await stage.play('a program that is renamed has its new name wherever it is named', {}, async (page) => {
    const { id } = await world.admin.serviceAccounts.create({ name: 'the old gate' })
    await world.admin.apiKeys.create({ name: 'of a gate', permissions: [], service_account_id: id })
    await signIn(page, world, '/console/keys')
    await page.getByRole('link', { name: 'the old gate' }).click()
    await page.getByRole('button', { name: 'Change' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('the new gate')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'the new gate' }).waitFor()

    await page.goBack()

    await page.getByRole('link', { name: 'the new gate' }).waitFor()
    assert.equal(await page.getByText('the old gate').count(), 0)
  })

  await stage.play('an end is awaited from each verifier, by the name of whose it is', {}, async (page) => {
    const { items } = await world.admin.accounts.list({ email: person.email })
    const elsewhere = await signedInElsewhere(world, person)
    const gate = await follow(world, 'the turnstile')
    await signIn(page, world, `/console/people/${items[0]?.id}`)
    await page.getByRole('button', { name: /Session/ }).click()
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()

    const row = page.getByRole('listitem').filter({ hasText: 'the turnstile' })
    await row.getByText('not yet').waitFor()
    await page.getByText('Waiting for the verifiers…').waitFor()
    await assert.rejects(elsewhere.me(), { code: 'invalid_credential' })
    gate.applyAll()

    await row.getByText('applied').waitFor()
    await page.getByText('Confirmed: no verifier accepts it any more.').waitFor()
    await page.getByRole('listitem').filter({ hasText: 'this authority' }).getByText('applied').waitFor()
    await gate.stop()
  })
})

interface FollowedLog {
  /** From now on it acknowledges what it is answered. */
  applyAll(): void
  stop(): Promise<void>
}

const POLL_MS = 300

/** A verifier that keeps its lease, and acknowledges nothing new until it is told to. */
async function follow({ admin, url }: World, name: string): Promise<FollowedLog> {
  await admin.roles.create({ id: 'follower', description: '', permissions: ['revocations:read'] })
  const { id } = await admin.serviceAccounts.create({ name, roles: ['follower'] })
  const made = await admin.apiKeys.create({
    name,
    permissions: ['revocations:read'],
    service_account_id: id,
  })
  const headers = { 'x-api-key': made.secret.reveal() }
  const poll = async (known: string): Promise<string> => {
    const answer = await fetch(`${url}/v1/revocations?verifier=a-verifier-of-some-test${known}`, { headers })
    const text = await answer.text()
    assert.equal(answer.status, 200, text)
    const { epoch, position }: { epoch: string; position: number } = JSON.parse(text)
    return `&epoch=${epoch}&after=${position}`
  }
  let known = await poll('')
  let isApplying = false
  let isOver = false
  const loop = (async () => {
    while (!isOver) {
      const next = await poll(known)
      if (isApplying) known = next
      await sleep(POLL_MS)
    }
  })()
  return {
    applyAll: () => {
      isApplying = true
    },
    stop: () => {
      isOver = true
      return loop
    },
  }
}
