/** The risk page: what was unusual and why, found by rule, and a policy that is held against the past before it holds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { newPerson, type Person, signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'
import type { World } from './world.ts'

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const CHROME =
  'Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36'

const HOME = { address: '203.0.113.7', agent: FIREFOX }

async function signInFrom(
  world: World,
  { email, password }: Person,
  { address, agent }: typeof HOME,
): Promise<number> {
  const answer = await fetch(`${world.url}/v1/sign-in`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': agent,
      'x-forwarded-for': address,
      'x-forwarded-proto': 'https',
    },
    body: JSON.stringify({ email, password, deliver: 'session_token' }),
  })
  return answer.status
}

/** Somebody with a habit, and then a stranger and a script who know the password. */
async function attack(world: World, person: Person): Promise<void> {
  for (let turn = 0; turn < 14; turn += 1) assert.equal(await signInFrom(world, person, HOME), 200)
  await signInFrom(world, person, { address: '198.51.100.9', agent: CHROME })
  await signInFrom(world, person, { address: '192.0.2.44', agent: 'python-requests/2.32.3' })
}

const sentence = (page: Page) => page.getByRole('heading', { name: /would have challenged/ })

test('the risk page', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, {
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
    COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: 'dangerously-off',
    COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1,::1',
  })
  const { world } = stage

  await stage.play('says what would stand there while nothing has happened', { width: 360 }, async (page) => {
    await signIn(page, world, '/console/risk')
    await page.getByText('Nothing unusual').waitFor()
    await assertAccessible(page)
    await shoot(page, 'risk-empty-360')
  })

  const people = [await newPerson(world, 'Grace Hopper'), await newPerson(world, 'Edith Clarke')]
  for (const person of people) await attack(world, person)

  await stage.play(
    'each anomaly names its rules and says what they saw; a view is an address',
    {},
    async (page) => {
      await signIn(page, world, '/console/risk')
      await page.getByText('It was sent by a program and not by a browser or an app.').first().waitFor()
      await shootEveryWay(page, 'risk-anomalies')
      await page.getByRole('combobox', { name: 'Rule' }).click()
      await page.getByRole('option', { name: 'Automation' }).click()
      await page.waitForURL(/rule=automation/)
      await page
        .getByText(/Chrome on Android/)
        .first()
        .waitFor({ state: 'detached' })

      await page.reload()

      await page.getByText('It was sent by a program').first().waitFor()
      assert.equal(await page.getByText(/Chrome on Android/).count(), 0)
      await page.goto(`${world.url}/console/risk?rule=burst`)
      await page.getByText('Nothing of that kind').waitFor()
      await assertAccessible(page)
    },
  )

  await stage.play('a policy is held against the past before it is put in force', {}, async (page) => {
    await signIn(page, world, '/console/risk?view=policy')
    await sentence(page).waitFor()
    await shootEveryWay(page, 'risk-policy')
    const before = (await sentence(page).textContent()) ?? ''
    const save = page.getByRole('button', { name: 'Put in force' })
    assert.equal(await save.isDisabled(), true)

    const stepUp = page.getByLabel('Ask for a second factor from')
    await stepUp.fill('5')
    await page.getByRole('alert').getByText('Thresholds must not descend.').waitFor()
    assert.equal(await save.isDisabled(), true)
    // Just under what is refused altogether: less is challenged than before.
    await stepUp.fill('169')
    await page.getByText(/The one in force would have challenged/).waitFor()
    await sentence(page).filter({ hasNotText: before }).waitFor()
    await assertAccessible(page)
    await shootEveryWay(page, 'risk-policy-changed')
    assert.equal((await world.admin.risk.policy()).policy.step_up_at, 40)

    await save.click()
    await page
      .getByRole('dialog')
      .getByText(/would have challenged/)
      .waitFor()
    await assertAccessible(page)
    await shoot(page, 'risk-policy-save')
    await page.getByRole('dialog').getByRole('button', { name: 'Put in force' }).click()
    await page.getByText('The policy is in force.').waitFor()

    assert.equal((await world.admin.risk.policy()).policy.step_up_at, 169)
    assert.equal(await save.isDisabled(), true)
  })

  await stage.play(
    'it speaks German, also in the dark and on a phone',
    { width: 360, scheme: 'dark' },
    async (page) => {
      await signIn(page, world, '/console/risk?view=policy')
      await speakGerman(page)
      await page.getByRole('heading', { name: /angehalten worden/ }).waitFor()
      await assertAccessible(page)
      await shoot(page, 'risk-policy-de-dark-360')
      await page.goto(`${world.url}/console/risk`)
      await page.getByText('Neues Gerät').first().waitFor()
      await assertAccessible(page)
      await shoot(page, 'risk-anomalies-de-dark-360')
    },
  )
})
