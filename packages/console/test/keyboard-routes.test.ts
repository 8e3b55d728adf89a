/** Every page of the account and the console without a mouse: what is on it, its dialogues and menus, where the focus goes; and axe in each dialogue. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { assertDialogueAccessible } from './browser.ts'
import { PROVIDERS } from './every-page.ts'
import {
  focused,
  tabTo,
  waitForFocus,
  waitForFocusInDialogue,
  walkAround,
  walkThrough,
} from './keyboard-walk.ts'
import { signIn } from './people.ts'
import { openStage } from './stage.ts'
import type { World } from './world.ts'

/** What opens a dialogue on each page, as the focus tells it. */
type Openers = readonly string[]

interface Section {
  readonly name: string
  readonly openers?: Openers
  /** A row of it, with a page of its own. */
  readonly one?: { readonly row: RegExp; readonly openers: Openers }
}

const ACCOUNT: readonly Section[] = [
  { name: 'Profile', openers: ['button Delete my account'] },
  { name: 'Security', openers: ['button Add an app'] },
  { name: 'Sessions' },
  { name: 'Activity' },
  { name: 'Applications' },
  { name: 'API keys', openers: ['button Create a key', 'button Rotate: mine', 'button End: mine'] },
]

const CONSOLE: readonly Section[] = [
  {
    name: 'People',
    openers: ['button Invite', 'button Create an account', 'button Take back: ida@example.com'],
    one: { row: /^a .*Ada Lovelace/, openers: ['button Change', 'button Disable', 'button Delete'] },
  },
  {
    name: 'Service accounts',
    openers: ['button Create a service account'],
    one: {
      row: /^a .*turnstile robot/,
      openers: ['button Create a key', 'button Change', 'button Disable', 'button Delete'],
    },
  },
  {
    name: 'OAuth clients',
    openers: ['button Register a client'],
    one: { row: /^a .*Turnstiles/, openers: ['button Change', 'button Rotate the secret', 'button End'] },
  },
  { name: 'Roles', openers: ['button Create a role', 'button Change: odd'] },
  { name: 'API keys', openers: ['button Rotate: mine'] },
  { name: 'Keys and secrets', openers: ['button Rotate'] },
  { name: 'Risk' },
  { name: 'Audit log' },
  { name: 'Settings' },
  { name: 'First steps', openers: ['button Add an authenticator app'] },
  { name: 'Advisor' },
  { name: 'Explain' },
  { name: 'Overview' },
]

const isLoaded = (page: Page): Promise<void> =>
  page.locator('[data-skeleton]').first().waitFor({ state: 'detached' })

/** Along the way that a person has: the entry at the side, the page, and each of its dialogues. */
async function visit(page: Page, { name, openers = [], one }: Section): Promise<void> {
  await tabTo(page, `a ${name}`)
  await page.keyboard.press('Enter')
  await waitForFocus(page, /^h1 /, `After the way to ${name}`)
  await isLoaded(page)
  await walkThrough(page, 'main', name)
  for (const opener of openers) await openAndLeave(page, opener, name)
  if (one === undefined) return
  await tabTo(page, one.row)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name }).waitFor({ state: 'detached' })
  await waitForFocus(page, /^h1 /, `After the way to one of ${name}`)
  await isLoaded(page)
  await walkThrough(page, 'main', `One of ${name}`)
  for (const opener of one.openers) await openAndLeave(page, opener, `one of ${name}`)
}

/** Tab stays in the dialogue, Escape closes it, and the focus is where it was. */
async function openAndLeave(page: Page, opener: string, where: string): Promise<void> {
  await tabTo(page, opener)
  await page.keyboard.press('Enter')
  const dialogue = page.getByRole('dialog')
  await dialogue.waitFor()
  // While one looks at what it would do, all that it offers is to stop.
  await dialogue.getByRole('progressbar').waitFor({ state: 'detached' })
  await waitForFocusInDialogue(page, `The dialogue of ${opener}, ${where},`)
  await walkAround(page, `The dialogue of ${opener}, ${where},`)
  await assertDialogueAccessible(page, `The dialogue of ${opener}, ${where},`)
  await page.keyboard.press('Escape')
  // A list that has opened under the focus is closed first, and the dialogue stays.
  if (await hasOpened(page)) await page.keyboard.press('Escape')
  await waitForFocus(page, opener, `After Escape from the dialogue of ${opener}, ${where}`)
  await dialogue.waitFor({ state: 'detached' })
}

/** Opens the dialogue of what has the focus, and goes on to what it asks about. */
async function openAndPress(page: Page, verb: string): Promise<void> {
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  // What opens it may be called like what it asks about.
  await waitForFocusInDialogue(page, `The dialogue with ${verb}`)
  await tabTo(page, verb)
  await page.keyboard.press('Enter')
}

const hasOpened = async (page: Page): Promise<boolean> => {
  await page.evaluate('new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))')
  return page.evaluate<boolean>(`document.activeElement?.closest('[role="dialog"]') !== null &&
    document.activeElement.getAttribute('aria-haspopup') === 'listbox'`)
}

async function furnish({ admin }: World): Promise<void> {
  const { id } = await admin.serviceAccounts.create({ name: 'turnstile robot' })
  await admin.roles.create({ id: 'odd', description: 'for a walk', permissions: ['docs:read'] })
  await admin.clients.create({
    id: 'turnstiles',
    name: 'Turnstiles',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    scopes: [],
    service_account_id: id,
  })
  await admin.invitations.send({ email: 'ida@example.com' })
  await admin.initialAccessTokens.create({ name: 'for the notes team' })
}

test('every page by keyboard alone', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, {
    COUNTERSIGN_PROVIDERS: PROVIDERS,
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
  })
  const { world } = stage
  await furnish(world)

  await stage.play(
    'the account: a key is made and ended on the way, and its row leaves the focus at the heading',
    {},
    async (page) => {
      await signIn(page, world, '/account')
      await page.getByRole('heading', { name: 'Your data' }).waitFor()
      await page.keyboard.press('Tab')
      assert.equal(await focused(page), 'a Skip to content')
      await walkThrough(page, 'nav[aria-label="Sections"]', 'The side')
      await tabTo(page, 'a API keys')
      await page.keyboard.press('Enter')
      await makeKey(page)

      for (const section of ACCOUNT) await visit(page, section)

      await tabTo(page, 'a API keys')
      await page.keyboard.press('Enter')
      await tabTo(page, 'button End: mine')
      await openAndPress(page, 'button End')
      await page.getByText('No key yet').waitFor()
      await waitForFocus(page, 'h1 API keys', 'After the row has left')
      await makeKey(page)
    },
  )

  await stage.play('the console, and from one half to the other', {}, async (page) => {
    await signIn(page, world, '/account')
    await page.getByRole('heading', { name: 'Your data' }).waitFor()
    await tabTo(page, 'a Console')
    await page.keyboard.press('Enter')
    await waitForFocus(page, 'h1 Overview', 'In the other half')

    for (const section of CONSOLE) await visit(page, section)

    await tabTo(page, 'a OAuth clients')
    await page.keyboard.press('Enter')
    await tabTo(page, 'a Initial access tokens')
    await page.keyboard.press('Enter')
    await waitForFocus(page, 'h1 Initial access tokens', 'After a link in a page')
    await isLoaded(page)
    await walkThrough(page, 'main', 'Initial access tokens')
    await openAndLeave(page, 'button Make a token', 'initial access tokens')
    await openAndLeave(page, 'button Take back: for the notes team', 'initial access tokens')
    await page.goBack()
    await waitForFocus(page, 'h1 OAuth clients', 'After the way back')
  })

  await stage.play('several are chosen and disabled, and a policy is put in force', {}, async (page) => {
    await signIn(page, world, '/console/programs')
    await tabTo(page, 'input Choose turnstile robot')
    await page.keyboard.press('Space')
    await page.getByText('1 chosen').waitFor()
    await walkThrough(page, '[aria-label="What is to be done with those chosen"]', 'The bar')
    await openAndLeave(page, 'button Delete', 'several at once')
    await openAndLeave(page, 'button Disable', 'several at once')
    await openAndPress(page, 'button Disable: 1 service account')
    await page.getByText('Done: 1 service account.').waitFor()
    await waitForFocusInDialogue(page, 'What is done')
    await tabTo(page, 'button Close')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await waitForFocus(page, /^h1 /, 'After the bar has left')

    await tabTo(page, 'a Risk')
    await page.keyboard.press('Enter')
    await tabTo(page, 'input Anomalies')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('button', { name: 'Put in force' }).waitFor()
    await page.keyboard.press('Shift+Tab')
    await walkThrough(page, 'main', 'The policy')
    await tabTo(page, 'input Ask for a second factor from')
    await page.keyboard.press('ArrowUp')
    await openAndLeave(page, 'button Put in force', 'the policy')
    await openAndPress(page, 'button Put in force')
    await page.getByText('The policy is in force.').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal((await world.admin.risk.policy()).policy.step_up_at, 41)
    await waitForFocus(page, /^(h1|button|input) /, 'After the policy is in force')
  })

  await stage.play('menus, lists and choices answer to arrows, Enter and Escape', {}, async (page) => {
    await signIn(page, world, '/account/keys')
    await tabTo(page, 'button Menu of Ada Lovelace')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Menu of Ada Lovelace' }).waitFor()
    await walkAround(page, 'The menu of the person')
    await tabTo(page, 'input System')
    await page.keyboard.press('ArrowLeft')
    await waitForFocus(page, 'input Dark', 'After an arrow')
    assert.equal(await page.locator('html').getAttribute('data-mantine-color-scheme'), 'dark')
    await page.keyboard.press('Escape')
    await waitForFocus(page, 'button Menu of Ada Lovelace', 'After Escape from the menu')

    await tabTo(page, 'button Create a key')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo(page, 'input Lifetime')
    await page.keyboard.press('ArrowDown')
    await page.getByRole('option', { name: '30 days' }).waitFor()
    // Escape closes the innermost thing only.
    await page.keyboard.press('Escape')
    await page.getByRole('option', { name: '30 days' }).waitFor({ state: 'hidden' })
    await page.getByRole('dialog').waitFor()
    assert.equal(await focused(page), 'input Lifetime')
    await page.keyboard.press('Escape')
    await waitForFocus(page, 'button Create a key', 'After the second Escape')
  })

  await stage.play('the menu of a phone', { width: 360 }, async (page) => {
    await signIn(page, world, '/account')
    await page.getByRole('heading', { name: 'Your data' }).waitFor()
    await openAndLeave(page, 'button Open the menu', 'on a phone')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo(page, 'a Sessions')
    await page.keyboard.press('Enter')
    await waitForFocus(page, 'h1 Where you are signed in', 'After a way out of the menu')
    await isLoaded(page)
    await walkThrough(page, 'main', 'Sessions on a phone')
  })
})

async function makeKey(page: Page): Promise<void> {
  await tabTo(page, 'button Create a key')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await tabTo(page, 'input What is it for?')
  await page.keyboard.type('mine')
  await tabTo(page, 'input verify')
  await page.keyboard.press('Space')
  await tabTo(page, 'button Create')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Keep this secret now' }).waitFor()
  await tabTo(page, 'button I have kept it')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'End: mine' }).waitFor()
}
