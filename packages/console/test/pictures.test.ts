/**
 * Every page that the server draws, in every state, reached as a person reaches it. `npm run pictures` reaches all of
 * them in each look and leaves pictures to be looked at; every other run glances at each page once, where it is narrowest.
 */
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { openBrowser } from './browser.ts'
import { sequences } from './pictures/all.ts'
import { glance, hang, shootState } from './pictures/gallery.ts'
import { openHouse } from './pictures/house.ts'
import type { State } from './pictures/state.ts'

/** Set: pictures are taken. A text chooses the states with it in their name; `all` is all of them. */
const ASKED = process.env.COUNTERSIGN_PICTURES

test('pages of the server fit into a narrow window and are accessible', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const house = await openHouse(t)
  const browser = await openBrowser(program)
  t.after(() => browser.close())

  for (const { states } of sequences) {
    for (const state of chosen(states)) {
      await t.test(`${state.name}: its heading, its width and its accessibility`, () =>
        ASKED === undefined ? glance(browser, house, state) : shootState(browser, house, state),
      )
    }
  }
  if (ASKED !== undefined) t.diagnostic(`All pictures: ${await hang(sequences)}`)
})

/** The first state of a page is the plainest one. */
function chosen(states: readonly State[]): readonly State[] {
  if (ASKED === undefined) return states.slice(0, 1).filter(({ isOutage = false }) => !isOutage)
  return states.filter(({ name }) => ASKED === 'all' || name.includes(ASKED))
}
