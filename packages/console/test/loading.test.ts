/**
 * Pages on a slow server: nothing that is there moves when the rest arrives, and that something is on the way is said. On their
 * way past a narrow window they are looked at in one that is as narrow as a page may get.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { assertAccessible, assertFits, shoot } from './browser.ts'
import { fill, PROVIDERS } from './every-page.ts'
import { signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'
import type { World } from './world.ts'

/** What is called good (web.dev, "Cumulative Layout Shift"). Counted here over the whole load, and not by its worst second. */
const SHIFT_MAX = 0.1
/** Between one answer and the next. */
const STEP_MS = 110
const STEPS = 5

const SHIFTS = `window.shifts = []
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    if (hadRecentInput) continue
    const moved = sources.map(({ node, previousRect, currentRect }) =>
      [node?.nodeName, node?.className, previousRect.y, currentRect.y].join(' '))
    window.shifts.push({ value, moved })
  }
}).observe({ type: 'layout-shift', buffered: true })`

/** The document's style sheets and faces are there; its scripts need not be. */
const STYLED = `Promise.all([...document.querySelectorAll('link[rel=stylesheet]')].map((link) =>
  link.sheet ?? new Promise((go) => link.addEventListener('load', go)))).then(() => document.fonts.ready).then(() => undefined)`

/** The ground, the brand's mark and its name, and what stands in the page's place: colours and boxes. */
const DRAWN = `[
  getComputedStyle(document.body).backgroundColor,
  ...[...document.querySelectorAll('.first-brand > *')]
    .filter((one) => one.getClientRects().length > 0)
    .concat(...document.querySelectorAll('.first-block'))
    .map((one) => {
      const { x, y, width, height } = one.getBoundingClientRect()
      return [getComputedStyle(one).color, x, y, width, height].join(' ')
    }),
]`

interface Shift {
  readonly value: number
  readonly moved: readonly string[]
}

/** The answers of the API come one after the other, in the order of their requests or the other way round. */
async function slowDown(page: Page, order: 'first asked first' | 'last asked first'): Promise<void> {
  let asked = 0
  page.on('framenavigated', () => {
    asked = 0
  })
  await page.route('**/v1/**', async (route) => {
    const step = asked % STEPS
    asked += 1
    await setTimeout(STEP_MS * (order === 'first asked first' ? step + 1 : STEPS - step))
    // The page may have gone on to another meanwhile.
    await route.fallback().catch(() => undefined)
  })
}

async function load(page: Page, world: World, path: string): Promise<readonly Shift[]> {
  await page.goto(`${world.url}${path}`)
  await page.locator('#content h1').first().waitFor()
  await page.locator('[data-skeleton]').first().waitFor({ state: 'detached' })
  await page.waitForLoadState('networkidle')
  // What the observer is told comes after the frame in which it happened.
  await page.evaluate('new Promise((go) => requestAnimationFrame(() => setTimeout(go, 50)))')
  return page.evaluate<readonly Shift[]>('window.shifts')
}

test('pages on a slow server', { concurrency: 2 }, async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, {
    COUNTERSIGN_PROVIDERS: PROVIDERS,
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
  })
  const paths = await fill(stage.world)

  for (const width of [1440, 360] as const) {
    // Two windows at once: half of it is waiting for answers that are held back.
    const plays = (['first asked first', 'last asked first'] as const).map((order) =>
      stage.play(`nothing moves at ${width} px, ${order}`, { width }, async (page, world) => {
        await signIn(page, world)
        await page.locator('#content h1').waitFor()
        if (order === 'last asked first') await speakGerman(page)
        await page.addInitScript(SHIFTS)
        await slowDown(page, order)
        const moved: string[] = []
        for (const path of paths) {
          const shifts = await load(page, world, path)
          if (width === 360) await assertFits(page)
          const sum = shifts.reduce((total, { value }) => total + value, 0)
          t.diagnostic(`${width} px, ${order}: ${path}: ${sum.toFixed(3)}`)
          if (sum >= SHIFT_MAX) moved.push(`${path}: ${JSON.stringify(shifts)}`)
        }

        assert.deepEqual(moved, [])
      }),
    )
    await Promise.all(plays)
  }

  for (const order of ['first asked first', 'last asked first'] as const) {
    await stage.play(`nothing moves where an account has no password, ${order}`, {}, async (page, world) => {
      await signIn(page, world)
      await page.addInitScript(SHIFTS)
      await page.route('**/v1/me/factors', async (route) => {
        const answer = await route.fetch()
        await route.fulfill({ json: { ...(await answer.json()), has_password: false } })
      })
      await slowDown(page, order)
      // All of the page is seen: what moves beyond the window's edge is no shift.
      await page.setViewportSize({ width: 1440, height: 1600 })

      const shifts = await load(page, world, '/account/security')

      await page.getByText('Your account has no password.').waitFor()
      assert.deepEqual(shifts, [])
    })
  }

  await stage.play(
    'that something is on the way is said once, and no longer when it is there',
    {},
    async (page, world) => {
      await signIn(page, world)
      await page.locator('#content h1').waitFor()
      const gate = Promise.withResolvers<void>()
      await page.route('**/v1/**', async (route) => {
        await gate.promise
        await route.continue()
      })
      await page.getByRole('link', { name: 'Console' }).click()

      const said = page.getByRole('status').filter({ hasText: /^Loading$/ })
      await said.waitFor({ state: 'attached' })
      assert.equal(await said.count(), 1)
      await assertAccessible(page)
      await shoot(page, 'loading-overview')
      gate.resolve()

      await page.getByRole('heading', { name: 'What happened last' }).waitFor()
      await said.waitFor({ state: 'detached' })
    },
  )

  await stage.play('the frame of a page stands before anything is known', {}, async (page, world) => {
    await signIn(page, world)
    await page.locator('#content h1').waitFor()
    await page.route('**/v1/**', (route) => route.abort())
    await page.route('**/v1/me', () => new Promise(() => undefined))
    await page.goto(`${world.url}/account/keys`)

    await page.locator('main[aria-busy]').waitFor()
    await page.getByRole('status').filter({ hasText: 'Loading' }).waitFor({ state: 'attached' })
    await shoot(page, 'loading-page')
  })

  for (const width of [1440, 360] as const) {
    for (const scheme of ['light', 'dark'] as const) {
      await stage.play(
        `the document alone draws the frame where the application will, at ${width} px, ${scheme}`,
        { width, scheme },
        async (page, world) => {
          await signIn(page, world)
          await page.locator('#content h1').waitFor()
          const script = Promise.withResolvers<void>()
          const answers = Promise.withResolvers<void>()
          await page.route('**/assets/console/*.js', async (route) => {
            await script.promise
            await route.continue()
          })
          await page.route('**/v1/**', async (route) => {
            await answers.promise
            await route.continue()
          })
          await page.goto(`${world.url}/console`, { waitUntil: 'commit' })
          await page.locator('.first-card').nth(2).waitFor({ state: 'attached' })
          await page.evaluate(STYLED)
          const alone = await page.evaluate<readonly string[]>(DRAWN)
          const read = await page.locator('#root').ariaSnapshot()
          await shoot(page, `first-paint-${width}-${scheme}`)
          script.resolve()
          await page.getByRole('status').filter({ hasText: 'Loading' }).waitFor({ state: 'attached' })
          const waiting = await page.evaluate<readonly string[]>(DRAWN)
          answers.resolve()
          await page.locator('#content h1').waitFor()
          const there = await page.evaluate<readonly string[]>(DRAWN)

          assert.match(read, /^- banner: Countersign\n- main$/)
          assert.equal(alone.length, 8)
          assert.deepEqual(waiting, alone)
          assert.deepEqual(there.slice(0, 3), alone.slice(0, 3))
        },
      )
    }
  }
})
