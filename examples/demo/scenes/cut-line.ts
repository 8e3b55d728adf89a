/** Scene: the pool is cut off from the authority. It goes on for as long as its lease, and then it lets nobody in. */
import assert from 'node:assert/strict'
import { classesBy, join, lanesBy, NOAH, type Phone, signInOnPhone } from '../people.ts'
import type { Stage } from '../stage.ts'
import type { Town } from '../town.ts'
import { bearer, expect, takeBack, tellAnswer, untilStatus } from '../visitor.ts'
import { tellMs } from '../words.ts'

/** Gives the decision id that Noah was shown in the end. */
export async function cutLine(stage: Stage, town: Town, mia: Phone): Promise<string> {
  const { anybody, owner, gym, pool, line, pace } = town
  stage.chapter(
    'A digger cuts the pool’s cable',
    `The pool no longer hears of revocations. It may trust its memory for ${pace.leaseSeconds} s, its lease, and not longer.`,
  )
  const noah = await stage.step('Noah is a member too, and swims', async () => {
    await join(anybody, owner, NOAH)
    const phone = await signInOnPhone(anybody, NOAH)
    await expect(lanesBy(pool, phone), 200)
    return phone
  })
  const cutMs = performance.now()
  await stage.step('The cable is cut', async () => line.cut())
  await stage.step('The pool lets Mia in from memory', () => expect(lanesBy(pool, mia), 200), tellAnswer)
  const [revocation, lapse] = await Promise.all([
    stage.revocation('Noah’s membership ends now; the answer waits for the pool’s lease', () =>
      takeBack({
        what: 'Noah’s, pool cut off',
        by: owner,
        target: { kind: 'session', id: noah.sessionId },
        visits: [classesBy(gym, bearer(noah.accessToken)), lanesBy(pool, noah)],
      }),
    ),
    untilStatus(lanesBy(pool, mia), (status) => status === 503, cutMs),
  ])
  assert.ok(revocation.lapsed > 0, 'The pool’s lease should have lapsed.')
  await stage.step(
    'The pool lets nobody in any more: it cannot know',
    () => expect(lanesBy(pool, mia), 503, 'verifier_unavailable'),
    ({ status, code, ms }) => ({
      detail: `${status} ${code}, from ${tellMs(lapse.fromMs)} after the cut on`,
      ms,
    }),
  )
  await stage.step(
    'The gym has noticed nothing',
    () => expect(classesBy(gym, bearer(mia.accessToken)), 200),
    tellAnswer,
  )
  line.mend()
  await stage.step('The cable is mended, and the pool lets Mia in', () =>
    untilStatus(lanesBy(pool, mia), (status) => status === 200, performance.now()),
  )
  const { decisionId } = await stage.step(
    '… and Noah not, of whom it has now heard',
    () => expect(lanesBy(pool, noah), 401, 'invalid_credential'),
    tellAnswer,
  )
  return decisionId
}
