/**
 * Every page that the server draws, in every state, reached as a person reaches it: what `npm run pictures` runs. It looks
 * at each in every look, and leaves pictures to be looked at.
 */
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { openBrowser } from '../browser.ts'
import { sequences } from './all.ts'
import { hang, shootState } from './gallery.ts'
import { openHouse } from './house.ts'
import type { State } from './state.ts'

/** A text chooses the states with it in their name; `all` is all of them. */
const ASKED = process.env.COUNTERSIGN_PICTURES ?? 'all'

test('pages of the server fit into a narrow window and are accessible', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const house = await openHouse(t)
  const browser = await openBrowser(program)
  t.after(() => browser.close())

  for (const { states } of sequences) {
    for (const state of chosen(states)) {
      await t.test(`${state.name}: its heading, its width and its accessibility`, () =>
        shootState(browser, house, state),
      )
    }
  }
  t.diagnostic(`All pictures: ${await hang(sequences)}`)
})

const chosen = (states: readonly State[]): readonly State[] =>
  states.filter(({ name }) => ASKED === 'all' || name.includes(ASKED))
