/**
 * Every state of the console and the account pages, on an authority with a month behind it. Each is known by its
 * heading, passes axe, and fits a phone. `npm run pictures:console` looks at all of them in four ways and leaves
 * pictures in `screenshots`; a test run looks at the pages themselves, once each.
 */
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { openPage } from './browser.ts'
import { accountStates } from './console-pictures/account-states.ts'
import { everyWay, layOut, lookAt, nameOf } from './console-pictures/camera.ts'
import { guideStates } from './console-pictures/guide-states.ts'
import { peopleStates } from './console-pictures/people-states.ts'
import { programStates } from './console-pictures/program-states.ts'
import { safetyStates } from './console-pictures/safety-states.ts'
import { openScene, type Scene } from './console-pictures/scene.ts'
import type { State } from './console-pictures/state.ts'
import { watchStates } from './console-pictures/watch-states.ts'

/** Parts of names and of ways (`light-360`), for whoever mends one of them; all that there are, for `npm run pictures:console`. */
const { COUNTERSIGN_PICTURES: taken, COUNTERSIGN_PICTURES_WAYS: seenFrom = '' } = process.env
const names = taken === 'all' ? [''] : taken?.split(',')
const ways = names === undefined ? everyWay.filter((way) => nameOf(way) === 'light-360') : everyWay

const all = [
  ...peopleStates,
  ...programStates,
  ...safetyStates,
  ...watchStates,
  ...guideStates,
  ...accountStates,
]

test('every page of the console', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const scene = await openScene(t, program, taken === 'all' ? 10 : 0)
  const states = all.filter(({ name, always }) => names?.some((part) => name.includes(part)) ?? always)

  for (const state of states) await t.test(state.name, () => visit(scene, state))

  if (names !== undefined) await layOut(scene.browser, 'looks-')
})

async function visit(scene: Scene, state: State): Promise<void> {
  const { name, who = 'ada', path, heading, meanwhile, act, language = 'en', goesOn = false } = state
  const from = ways.filter(
    (way) => nameOf(way).includes(seenFrom) && (state.width ?? way.width) === way.width,
  )
  const [first] = from
  if (first === undefined) return
  const watched = await openPage(scene.browser, { width: first.width })
  const { page } = watched
  try {
    await scene.enter(page, who, goesOn)
    await page.addInitScript(`localStorage.setItem('countersign-language', '${language}')`)
    await meanwhile?.(page, scene)
    await page.goto(`${scene.world.url}${typeof path === 'string' ? path : path(scene)}`)
    await act?.(page, scene)
    await page.getByRole('heading', { name: heading, exact: true }).first().waitFor()
    await lookAt(page, `looks-${name}`, from)
    if (state.isLoud !== true) watched.assertQuiet()
  } finally {
    await watched.close()
  }
}
