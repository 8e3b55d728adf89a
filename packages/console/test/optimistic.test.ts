/** What shows before the authority has answered, and what does not: refused, without a network, and twice in a row. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Page, Route } from 'playwright-core'
import { assertAccessible, shoot } from './browser.ts'
import { newPerson, signedInElsewhere, signIn } from './people.ts'
import { openStage } from './stage.ts'

/** Holds the requests of this method to this address, one gate for each, until a test lets them go. */
async function hold(page: Page, path: string, method: string): Promise<readonly Held[]> {
  const held: Held[] = []
  await page.route(`**${path}`, async (route) => {
    if (route.request().method() !== method) return route.fallback()
    held.push({
      body: route.request().postDataJSON() ?? {},
      go: () => route.continue(),
      refuse: () => refuse(route),
      cut: () => route.abort(),
    })
  })
  return held
}

interface Held {
  readonly body: Record<string, unknown>
  readonly go: () => Promise<void>
  readonly refuse: () => Promise<void>
  readonly cut: () => Promise<void>
}

const refuse = (route: Route): Promise<void> =>
  route.fulfill({
    status: 403,
    contentType: 'application/problem+json',
    json: { type: 'about:blank', title: 'Refused', status: 403, code: 'permission_denied', detail: '' },
  })

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true })
/** Read out by screen readers, whatever has the focus. */
const said = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text })
/** The request of this number, once the page has sent it. */
async function sent(page: Page, held: readonly Held[], count: number): Promise<Held> {
  for (let looked = 0; held.length < count && looked < LOOKS_MAX; looked += 1) await page.waitForTimeout(25)
  const last = held[count - 1]
  assert.ok(last !== undefined, `The page has sent ${held.length} of ${count} requests.`)
  return last
}

const LOOKS_MAX = 400

async function rename(page: Page, name: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Name' })
  await field.fill(name)
  await field.press('Enter')
}

test('changes that show before they are proven', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })

  await stage.play('a refused name goes back, and that is said with the name', {}, async (page, world) => {
    await signIn(page, world, '/account', await newPerson(world, 'Rana Refused'))
    const held = await hold(page, '/v1/me', 'PATCH')
    await rename(page, 'Rana Renamed')
    await heading(page, 'Rana Renamed').waitFor()
    const request = await sent(page, held, 1)
    assert.equal(await said(page, 'Your name is saved').count(), 0)

    await request.refuse()

    await said(page, '“Rana Renamed” was not saved, and what stood here before is back.').waitFor()
    await said(page, 'You do not hold the permission that this needs.').waitFor()
    await heading(page, 'Rana Refused').waitFor()
    assert.equal(await page.getByRole('textbox', { name: 'Name' }).inputValue(), 'Rana Renamed')
    await assertAccessible(page)
    await shoot(page, 'optimistic-refused')
  })

  await stage.play('two names in a row are sent one after the other', {}, async (page, world) => {
    const person = await newPerson(world, 'Toni Twice')
    await signIn(page, world, '/account', person)
    const held = await hold(page, '/v1/me', 'PATCH')
    await rename(page, 'Toni Once')
    const first = await sent(page, held, 1)
    await rename(page, 'Toni Again')
    await heading(page, 'Toni Again').waitFor()
    assert.equal(held.length, 1)

    await first.refuse()
    const second = await sent(page, held, 2)
    await said(page, '“Toni Once” was not saved').waitFor()
    await heading(page, 'Toni Again').waitFor()
    await second.go()

    await said(page, 'Your name is saved').waitFor()
    await heading(page, 'Toni Again').waitFor()
    const elsewhere = await signedInElsewhere(world, person)
    assert.equal((await elsewhere.me()).principal.name, 'Toni Again')
  })

  await stage.play(
    'without a network the name goes back at once, and stays back',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Olga Offline')
      await signIn(page, world, '/account', person)
      await heading(page, 'Olga Offline').waitFor()
      await page.context().setOffline(true)
      await rename(page, 'Olga Online')

      await said(page, 'There is no word that “Olga Online” was saved').waitFor()
      await heading(page, 'Olga Offline').waitFor()
      await page.context().setOffline(false)
      await page.reload()

      await heading(page, 'Olga Offline').waitFor()
    },
  )

  await stage.play(
    'an end is not shown before it is true, and without a network it is not kept for later',
    {},
    async (page, world) => {
      const person = await newPerson(world, 'Edda Ending')
      const elsewhere = await signedInElsewhere(world, person)
      await signIn(page, world, '/account/sessions', person)
      const held = await hold(page, '/v1/me/sessions/*', 'DELETE')
      await page.getByRole('button', { name: /^End: / }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'End', exact: true }).click()
      const request = await sent(page, held, 1)
      await said(page, 'It is done when the server has answered.').waitFor()
      await assertAccessible(page)
      await shoot(page, 'optimistic-ending')
      assert.equal(await page.getByRole('button', { name: /^End: /, includeHidden: true }).count(), 1)
      assert.equal(await said(page, 'has ended').count(), 0)

      await request.refuse()
      await said(page, 'You do not hold the permission').waitFor()
      await page.unrouteAll()
      await page.context().setOffline(true)
      await dialog.getByRole('button', { name: 'End', exact: true }).click()
      await said(page, 'The server cannot be reached').waitFor()
      await page.context().setOffline(false)
      await page.reload()
      await page.getByRole('button', { name: /^End: / }).waitFor()

      assert.equal((await elsewhere.me()).principal.name, person.name)
    },
  )

  await stage.play('names and roles of others: only the name alone shows ahead', {}, async (page, world) => {
    const job = await world.admin.serviceAccounts.create({ name: 'night job' })
    await signIn(page, world, '/console/programs')
    await page.getByRole('link', { name: 'night job' }).click()
    const held = await hold(page, `/v1/service-accounts/${job.id}`, 'PATCH')
    const edit = async (act: () => Promise<void>): Promise<void> => {
      await page.getByRole('button', { name: 'Change', exact: true }).click()
      await act()
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    }
    const name = page.getByRole('dialog').getByLabel('Name')

    await edit(() => name.fill('day job'))
    const first = await sent(page, held, 1)
    await heading(page, 'day job').waitFor()
    assert.deepEqual(first.body, { name: 'day job' })
    await first.cut()
    await said(page, 'There is no word that “day job” was saved').waitFor()
    await heading(page, 'night job').waitFor()

    await edit(async () => {
      await name.fill('evening job')
      await page.getByRole('dialog').getByLabel('Audiences').fill('https://api.example.com,')
    })
    const second = await sent(page, held, 2)
    assert.equal(await page.locator('#content h1').textContent(), 'night job')
    assert.equal(await page.getByRole('dialog').count(), 1)
    await second.go()

    await heading(page, 'evening job').waitFor()
  })
})
