/** A real Chromium that is watched: whatever a page logs as an error, or its policy refuses, fails the test that opened it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { CHROMIUM_FLAGS } from '@countersign/tools/chromium'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Written where `COUNTERSIGN_PICTURES` is set, and looked at by people; kept out of the repository. */
export const SCREENSHOTS: string = join(import.meta.dirname, '../screenshots')

export const openBrowser = (program: string): Promise<Browser> =>
  chromium.launch({ executablePath: program, args: CHROMIUM_FLAGS })

export interface Look {
  readonly scheme?: 'light' | 'dark'
  readonly width?: 360 | 1440
  readonly locale?: 'en-GB' | 'de-DE'
  readonly reducedMotion?: 'reduce' | 'no-preference'
}

export interface Watched {
  readonly page: Page
  /** Fails with whatever the page complained about. */
  assertQuiet(): void
  close(): Promise<void>
}

/** A refused request is an answer. One that a test cuts, or takes the network from, is meant, and the page says so itself. */
const REQUESTS_THAT_FAIL =
  /^Failed to load resource: (?:.*status of 4\d\d|net::ERR_(?:FAILED|INTERNET_DISCONNECTED))|^Framing /

/** A window of its own, with no cookies yet. */
export async function openPage(browser: Browser, look: Look = {}): Promise<Watched> {
  const { scheme = 'light', width = 1440, locale = 'en-GB', reducedMotion = 'reduce' } = look
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height: width === 360 ? 740 : 900 },
    locale,
    timezoneId: 'Europe/Berlin',
    reducedMotion,
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    const isRequest = REQUESTS_THAT_FAIL.test(message.text())
    if (message.type() === 'error' && !isRequest) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return {
    page,
    assertQuiet: () => assert.deepEqual(complaints, []),
    close: () => context.close(),
  }
}

/**
 * A dialogue's header is none of the page: it stands in a `section` (HTML-AAM), which axe does not see under the
 * role `dialog`. Two dialogues, one asking for a proof above the other, would count as two banners.
 */
const MISUNDERSTOOD = ['landmark-no-duplicate-banner', 'landmark-unique']

/** Two frames, so that what is to move has begun to; then until it has ended, but for what never does. */
const SETTLED = `new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go))).then(() =>
  Promise.allSettled(
    document.getAnimations()
      .filter((one) => one.effect.getComputedTiming().endTime !== Infinity && one.playState === 'running')
      .map((one) => one.finished),
  ).then(() => undefined))`

/** Every rule looks at every element all the same: of what passes, axe writes down one each, and not all. */
const OPTIONS = {
  resultTypes: ['violations' as const],
  rules: Object.fromEntries(MISUNDERSTOOD.map((rule) => [rule, { enabled: false }])),
}

/** The axe that the builder brings, as text. */
const AXE = readFileSync(
  createRequire(import.meta.resolve('@axe-core/playwright')).resolve('axe-core/axe.min.js'),
  'utf8',
)

interface Violation {
  readonly id: string
  readonly help: string
  readonly nodes: readonly { readonly html: string }[]
}

/** WCAG 2.2, A and AA, and what axe calls best practice. */
export async function assertAccessible(page: Page): Promise<void> {
  // A colour on its way to another one has neither's contrast.
  await page.evaluate(SETTLED)
  const violations = page.frames().length === 1 ? await look(page, OPTIONS) : await lookIntoFrames(page)
  const told = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' | ')}`,
  )
  assert.deepEqual(told, [])
}

/** The same of the dialogue that is open, with the size of what can be pressed. What lies behind it is inert. */
export async function assertDialogueAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(SETTLED)
  const found = [
    ...(await look(page, OPTIONS, DIALOGUE)),
    ...(await look(page, { runOnly: ['target-size'] }, DIALOGUE)),
  ]
  const told = found.map(({ id, nodes }) => `${where} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  assert.deepEqual(told, [])
}

const DIALOGUE = { include: [['[role="dialog"]']] }

/** WCAG 2.2 §2.5.8: what can be pressed is 24 by 24 px, or stands so far from all else that can be. Axe asks only when told to. */
export async function findTooSmall(page: Page): Promise<readonly string[]> {
  await page.evaluate(SETTLED)
  const violations = await look(page, { runOnly: ['target-size'] })
  return violations.flatMap(({ nodes }) => nodes.map(({ html }) => html))
}

/**
 * A document is given axe once and keeps it. Given anew each time, as the builder does, it is read and compiled each
 * time, which takes as long as the look itself.
 */
async function look(page: Page, options: object, context?: object): Promise<readonly Violation[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(AXE)
  return page.evaluate<readonly Violation[]>(
    `axe.run(${context === undefined ? 'document' : JSON.stringify(context)}, ${JSON.stringify(options)})
      .then(({ violations }) => violations)`,
  )
}

const LOOKS_MAX = 10

/**
 * What is found in each frame is put together in a blank page. The builder gives a frame a second to take axe and then
 * passes over it without a word, which on a busy machine happens: only axe's own rule about frames tells.
 */
async function lookIntoFrames(page: Page): Promise<readonly Violation[]> {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const { violations, incomplete } = await new AxeBuilder({ page }).options(OPTIONS).analyze()
    if (!incomplete.some(({ id }) => id === 'frame-tested')) return violations
  }
  return assert.fail('A frame was never looked into.')
}

/** A picture for people, where they have asked for pictures: it checks nothing, and takes as long as a look by axe. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (process.env.COUNTERSIGN_PICTURES === undefined) return
  await mkdir(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true })
}

/** The same page in light and dark, on a desk and on a phone; each is looked at by axe, and has its picture taken. */
export async function shootEveryWay(page: Page, name: string): Promise<void> {
  const before = page.viewportSize()
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: width === 360 ? 740 : 900 })
      await assertAccessible(page)
      await assertFits(page)
      await shoot(page, `${name}-${scheme}-${width}`)
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  if (before !== null) await page.setViewportSize(before)
}

/** A window of 1280 px in which everything is enlarged four times. */
const REFLOWED = { width: 320, height: 256 }

/** Nobody scrolls sideways through a page, also where it is enlarged four times (WCAG 2.2 §1.4.10). */
export async function assertFits(page: Page): Promise<void> {
  const before = page.viewportSize()
  await assertNarrowEnough(page)
  await page.setViewportSize(REFLOWED)
  await assertNarrowEnough(page)
  if (before !== null) await page.setViewportSize(before)
}

async function assertNarrowEnough(page: Page): Promise<void> {
  const [inner, over] = await page.evaluate<[number, number]>(
    '[window.innerWidth, document.documentElement.scrollWidth - window.innerWidth]',
  )
  assert.ok(over <= 0, `The page is ${over} px wider than its window of ${inner} px.`)
}
