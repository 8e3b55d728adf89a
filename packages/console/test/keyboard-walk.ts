/**
 * Walks a page by Tab as somebody without a mouse does, and judges the walk: everything that can be used is reached, the
 * focus is seen wherever it is, it goes in the order in which the page is read, and leaves the page at its end (WCAG 2.2
 * §2.1.1, §2.1.2, §2.4.3, §2.4.7). The page keeps the record itself, since asking it after each press would take too long.
 */
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

/** Pressed beyond the number of what can be used, for what came onto the page meanwhile, and for code that can be scrolled. */
const SPARE_PRESSES = 25
const PRESSES_MAX = 150

/** One stop of a walk, as the page has recorded it. */
interface Stop {
  readonly told: string
  readonly isSeen: boolean
  readonly isInOrder: boolean
}

interface Walk {
  readonly stops: readonly Stop[]
  /** What can be used and was passed by. */
  readonly missed: readonly string[]
  /** What shows a hand to the mouse, and nothing to the keyboard. */
  readonly mouseOnly: readonly string[]
}

/**
 * In the page: `begin` counts what can be used within `scope` and records each stop there, `end` gives the record. Of a
 * group of radio buttons Tab reaches one, and arrows the others. A stop is seen if its outline, shadow or border, or those
 * of what stands for it, are others with the focus than without.
 */
const RECORDER = `(() => {
  if (window.walk !== undefined) return
  const USABLE = 'a[href], button, input, select, textarea, summary, [tabindex], [contenteditable="true"]'
  const isShown = (one) => {
    const { width, height } = one.getBoundingClientRect()
    return width > 0 && height > 0 && one.checkVisibility({ visibilityProperty: true })
  }
  const isReachable = (one) =>
    one.tabIndex >= 0 && !one.matches(':disabled') && one.closest('[inert], [aria-hidden="true"]') === null &&
    (isShown(one) || (one.labels?.length > 0 && [...one.labels].some(isShown))) &&
    !one.hasAttribute('data-focus-guard')
  const group = (one) => (one.type === 'radio' ? one.name : null)
  const tell = (one) => one.tagName.toLowerCase() + ' ' + JSON.stringify(
    (one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent ?? '').trim().slice(0, 50))
  const looks = (one) =>
    [one, one.parentElement, one.parentElement?.parentElement, one.nextElementSibling, one.labels?.[0], one.closest('label')]
      .filter((part) => part instanceof Element && isShown(part))
      .map((part) => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor } = getComputedStyle(part)
        return outlineStyle === 'none' ? boxShadow + borderColor : outlineStyle + outlineWidth + outlineColor + boxShadow
      }).join()
  const isAfter = (before, one) => {
    if ((before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) === 0) return false
    // In its line it stands to the right, or else further down; a column beside begins at its top again.
    const [was, is] = [before.getBoundingClientRect(), one.getBoundingClientRect()]
    return !(is.bottom <= was.top + 1 && is.left < was.right - 1)
  }
  // Round and round it goes in a dialogue: the first comes after the last. Where nothing could be used, what comes is new.
  const isFirst = (one) => usable.length > 0 &&
    (usable[0] === one || (group(one) !== null && group(usable[0]) === group(one)))
  let scope, usable, stops, last
  addEventListener('focusin', ({ target }) => {
    if (scope === undefined || !scope.contains(target) || target === scope) return
    const one = target
    const stop = { one, told: tell(one), focused: looks(one), isSeen: true, isInOrder: last == null || !last.isConnected || isFirst(one) || isAfter(last, one) }
    last = one
    stops.push(stop)
    one.addEventListener('focusout', () => { stop.isSeen = looks(one) !== stop.focused }, { once: true })
  })
  window.walk = {
    begin: (selector) => {
      scope = [...document.querySelectorAll(selector)].filter(isShown).at(-1)
      if (scope === undefined) throw new Error('Nothing here is ' + selector)
      usable = [...scope.querySelectorAll(USABLE)].filter(isReachable)
      stops = []
      last = null
      return usable.length
    },
    end: () => {
      const visited = new Set(stops.map(({ one }) => one))
      const groups = new Set([...visited].map(group).filter((name) => name !== null))
      const missed = usable.filter((one) => one.isConnected && isReachable(one) && !visited.has(one) && !groups.has(group(one)))
      const mouseOnly = [...scope.querySelectorAll('*')].filter((one) =>
        getComputedStyle(one).cursor === 'pointer' && isShown(one) &&
        one.closest(USABLE + ', label') === null && one.querySelector(USABLE) === null && !one.closest('[aria-hidden="true"]'))
      const record = {
        stops: stops.map(({ told, isSeen, isInOrder }) => ({ told, isSeen, isInOrder })),
        missed: missed.map(tell), mouseOnly: mouseOnly.map(tell),
      }
      scope = undefined
      return record
    },
    isPast: () => !scope.contains(document.activeElement),
  }
})()`

const FOCUSED = `(() => {
  const one = document.activeElement
  const name = one?.getAttribute('aria-label') ?? one?.labels?.[0]?.textContent ?? one?.textContent ?? ''
  return one === null || one === document.body ? 'nothing' : one.tagName.toLowerCase() + ' ' + name.trim()
})()`
const FOCUS_MS = 8_000

/** What has the focus, in words. */
export const focused = (page: Page): Promise<string> => page.evaluate<string>(FOCUSED)

/** Looks at each frame. By a promise of the page: what Playwright looks with again and again, the page's policy refuses. */
const UNTIL = (condition: string): string => `new Promise((go) => {
  const end = performance.now() + ${FOCUS_MS}
  const look = () => (${condition}) ? go(true) : performance.now() > end ? go(false) : requestAnimationFrame(look)
  look()
})`

/** Waits until the focus is on what is told so; says where it is otherwise. */
export async function waitForFocus(page: Page, told: string | RegExp, why: string): Promise<void> {
  const isIt = typeof told === 'string' ? `=== ${JSON.stringify(told)}` : `.match(${told}) !== null`
  if (await page.evaluate<boolean>(UNTIL(`${FOCUSED} ${isIt}`))) return
  assert.fail(`${why}: the focus is on ${await focused(page)}, not on ${told}`)
}

/**
 * The library gives a dialogue the focus twice, when it is in the document and when it has been drawn: whoever presses Tab in
 * between is taken back once.
 */
const SETTLED =
  'new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(go))))'

/** Waits until it is somewhere in the dialogue that is open, and stays there. */
export async function waitForFocusInDialogue(page: Page, where: string): Promise<void> {
  const inside = `document.querySelector('[role="dialog"]')?.contains(document.activeElement) === true`
  assert.ok(await page.evaluate<boolean>(UNTIL(inside)), `${where} does not take the focus.`)
  await page.evaluate(SETTLED)
}

/** How many times Tab from the focus to the first that is told so, going round; 0 where that cannot be known. */
const DISTANCE = (told: string | RegExp): string => `(() => {
  const one = document.activeElement
  const name = (one) => one.tagName.toLowerCase() + ' ' +
    (one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent ?? '').trim()
  const dialogue = one?.closest('[role="dialog"]') ?? document
  const all = [...dialogue.querySelectorAll('a[href], button:enabled, input:enabled, select:enabled, summary')].filter((each) =>
    each.tabIndex >= 0 && each.type !== 'hidden' && (each.type !== 'radio' || each.checked) && each.checkVisibility())
  const to = all.findIndex((each) => ${typeof told === 'string' ? `name(each) === ${JSON.stringify(told)}` : `${told}.test(name(each))`})
  const from = all.indexOf(one)
  return to < 0 || from < 0 ? 0 : (to - from + all.length) % all.length
})()`

const TABS_MAX = 120

/** Goes on by Tab until the focus is on what is told so. Most of the way is gone without a look, which would cost more than it. */
export async function tabTo(page: Page, told: string | RegExp): Promise<void> {
  const isIt = (text: string): boolean => (typeof told === 'string' ? text === told : told.test(text))
  const blind = Number(await page.evaluate(DISTANCE(told))) - 2
  for (let presses = 0; presses < blind; presses += 1) await page.keyboard.press('Tab')
  for (let presses = 0; presses < TABS_MAX; presses += 1) {
    if (isIt(await focused(page))) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`${TABS_MAX} times Tab on ${page.url()}, and ${told} had no focus.`)
}

/** From where the focus is to the end of what `selector` names, and judged. The focus stands before it, or at it. */
export async function walkThrough(page: Page, selector: string, where: string): Promise<void> {
  await page.evaluate(RECORDER)
  const count = Number(await page.evaluate(`walk.begin(${JSON.stringify(selector)})`))
  assert.ok(count < PRESSES_MAX, `${where} has ${count} things to use: too many to walk.`)
  for (let presses = 0; presses < count; presses += 1) await page.keyboard.press('Tab')
  for (let spare = 0; ; spare += 1) {
    await page.keyboard.press('Tab')
    if (await page.evaluate<boolean>('walk.isPast()')) break
    assert.ok(spare < SPARE_PRESSES, `${where} does not let the focus go; it is on ${await focused(page)}`)
  }
  judge(await page.evaluate<Walk>('walk.end()'), where)
}

/** Once round in a dialogue: everything in it is reached, and Tab stays in it. */
export async function walkAround(page: Page, where: string): Promise<void> {
  await page.evaluate(RECORDER)
  const count = Number(await page.evaluate(`walk.begin('[role="dialog"]')`))
  assert.ok(count > 0 && count < PRESSES_MAX, `${where} has ${count} things to use.`)
  for (let presses = 0; presses <= count; presses += 1) {
    await page.keyboard.press('Tab')
  }
  assert.ok(!(await page.evaluate<boolean>('walk.isPast()')), `${where} lets the focus out.`)
  judge(await page.evaluate<Walk>('walk.end()'), where)
}

function judge({ stops, missed, mouseOnly }: Walk, where: string): void {
  const unseen = stops.filter(({ isSeen }) => !isSeen).map(({ told }) => told)
  const jumps = stops.flatMap(({ isInOrder, told }, index) =>
    isInOrder ? [] : [`${stops[index - 1]?.told ?? 'the beginning'} → ${told}`],
  )
  assert.deepEqual(
    { where, missed, unseen, jumps, mouseOnly },
    { where, missed: [], unseen: [], jumps: [], mouseOnly: [] },
  )
}
