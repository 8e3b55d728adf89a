/** Without a mouse: sign in, make a key, revoke a session. And without motion, for those whom it makes ill. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { openPage } from './browser.ts'
import { newPerson, signedInElsewhere } from './people.ts'
import { openStage } from './stage.ts'
import { ADMIN } from './world.ts'

type Role = Parameters<Page['getByRole']>[0]

/** Goes on by Tab until what has the focus is called so; the page has no trap if it gets there. */
async function tabTo(page: Page, role: Role, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: typeof name === 'string' }).first()
  await wanted.waitFor()
  for (let presses = 0; presses < 80; presses += 1) {
    if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`Eighty times Tab, and ${role} ${name} had no focus.`)
}

test('by keyboard alone', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program)
  const { world } = stage

  await stage.play('sign in, make a key with a permission, keep its secret, end it', {}, async (page) => {
    await page.goto(`${world.url}/account/keys`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.keyboard.type(ADMIN.email)
    await page.keyboard.press('Tab')
    await page.keyboard.type(ADMIN.password)
    await page.keyboard.press('Enter')
    await page.getByText('No key yet').waitFor()

    await tabTo(page, 'button', 'Create a key')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo(page, 'textbox', 'What is it for?')
    await page.keyboard.type('by hand')
    await tabTo(page, 'checkbox', 'verify')
    await page.keyboard.press('Space')
    await tabTo(page, 'button', 'Create')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Keep this secret now' }).waitFor()
    await tabTo(page, 'button', 'I have kept it')
    await page.keyboard.press('Enter')
    await tabTo(page, 'button', 'End: by hand')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    // Escape takes back what was only asked.
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await tabTo(page, 'button', 'End: by hand')
    await page.keyboard.press('Enter')
    await tabTo(page, 'button', 'End')
    await page.keyboard.press('Enter')

    await page.getByText('The key has ended everywhere.').waitFor()
  })

  await stage.play('find a person and revoke their session', {}, async (page) => {
    const person = await newPerson(world, 'Kara Keys')
    const elsewhere = await signedInElsewhere(world, person)
    await page.goto(`${world.url}/console/people`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.keyboard.type(ADMIN.email)
    await page.keyboard.press('Tab')
    await page.keyboard.type(ADMIN.password)
    await page.keyboard.press('Enter')
    await tabTo(page, 'searchbox', 'Search')
    await page.keyboard.type('kara')
    await tabTo(page, 'link', /Kara Keys/)
    await page.keyboard.press('Enter')
    await tabTo(page, 'button', /Session/)
    await page.keyboard.press('Enter')
    await tabTo(page, 'button', 'Revoke')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo(page, 'button', 'Cancel')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')

    await page.getByText('Confirmed: no verifier accepts it any more.').waitFor()
    await assert.rejects(elsewhere.me(), { code: 'invalid_credential' })
  })

  await stage.play('the first Tab offers to skip what repeats on every page', {}, async (page) => {
    await page.goto(`${world.url}/account`)
    await page.getByLabel('E-mail address').fill(ADMIN.email)
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: ADMIN.name }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: ADMIN.name }).waitFor()

    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')

    assert.equal(await page.locator(':focus').getAttribute('id'), 'content')
  })
})

/** Everything on the page that moves: what animates, and what would glide to another place. */
const MOVING = `[...document.querySelectorAll('*')].flatMap((one) => {
  const { animationName, animationDuration, transitionDuration } = getComputedStyle(one)
  const animates = animationName !== 'none' && Number.parseFloat(animationDuration) > 0
  const glides = transitionDuration.split(',').some((part) => Number.parseFloat(part) > 0)
  return animates || glides ? [one.className.toString()] : []
})`

test('whoever wants less motion', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const { browser, world } = await openStage(t, program)
  const movesOn = async (reducedMotion: 'reduce' | 'no-preference'): Promise<readonly string[]> => {
    const { page, close } = await openPage(browser, { reducedMotion })
    try {
      await page.goto(`${world.url}/account/keys`)
      await page.getByLabel('E-mail address').fill(ADMIN.email)
      await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Create a key' }).first().click()
      await page.getByRole('dialog').waitFor()
      return await page.evaluate<string[]>(MOVING)
    } finally {
      await close()
    }
  }

  await t.test('sees none: dialogues, menus and rows stand where they are', async () => {
    assert.deepEqual(await movesOn('reduce'), [])
  })

  await t.test('and others see some', async () => {
    assert.notDeepEqual(await movesOn('no-preference'), [])
  })
})
