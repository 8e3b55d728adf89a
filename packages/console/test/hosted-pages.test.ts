/** The pages that the server itself draws, in a real browser: signing in to an app, allowing it, and what goes wrong. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { type App, openApp } from './app.ts'
import { assertAccessible, type Look, shoot } from './browser.ts'
import { newPerson, type Person } from './people.ts'
import { openStage, type Stage } from './stage.ts'

test('signing in to an app', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program)
  const app = await openApp(t, stage.world)

  for (const look of looks) await journey(stage, app, look)
  await formPost(t, stage, app)
})

const looks: readonly Look[] = [{}, { scheme: 'dark', width: 360 }]

/** Wrong, right, asked, allowed, back at the app. */
async function journey(stage: Stage, app: App, look: Look): Promise<void> {
  const name = `${look.scheme ?? 'light'}-${look.width ?? 1440}`
  await stage.play(
    `a wrong password, the right one, consent, and back (${name})`,
    look,
    async (page, world) => {
      const person = await newPerson(world, `Noor ${name.replaceAll(/\W|\d/g, '')}`)
      const before = app.returned.length
      await page.goto(app.begin())
      await see(page, `login-${name}`)

      await fill(page, { ...person, password: 'not this one at all' })
      assert.equal(await page.locator('#login-error').textContent(), 'The address or the password is wrong.')
      await see(page, `login-wrong-${name}`)
      await fill(page, person)
      await page.getByRole('button', { name: 'Allow' }).waitFor()
      await see(page, `consent-${name}`)
      await page.getByRole('button', { name: 'Allow' }).click()

      await page.getByRole('heading', { name: 'At the pool' }).waitFor()
      assert.equal(app.returned.length, before + 1)
      assert.match(app.returned.at(-1)?.get('code') ?? '', /./)
      assert.equal(app.returned.at(-1)?.get('state'), 'a-state')
    },
  )
}

async function formPost(t: TestContext, stage: Stage, app: App): Promise<void> {
  await stage.play('an app that asks for a form gets one', {}, async (page, world) => {
    const person = await newPerson(world, 'Ines Post')
    const before = app.returned.length
    await page.goto(app.begin({ response_mode: 'form_post' }))

    await fill(page, person)
    await page.getByRole('button', { name: 'Allow' }).click()

    await page.getByRole('heading', { name: 'At the pool' }).waitFor()
    assert.match(app.returned[before]?.get('code') ?? '', /./, t.name)
  })
}

async function fill(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function see(page: Page, name: string): Promise<void> {
  await assertAccessible(page)
  await shoot(page, `hosted-${name}`)
}
