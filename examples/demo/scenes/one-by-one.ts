/** Scene: each credential is taken back, alone, while the others go on. */

import { watchFloor } from '../floor.ts'
import { classesBy, doorBy, lanesBy, type Phone, refresh, showOften, tellSight } from '../people.ts'
import type { Stage } from '../stage.ts'
import type { Town } from '../town.ts'
import { apiKey, bearer, expect, takeBack, tellAnswer } from '../visitor.ts'
import { type Cards, makeTurnstileKey } from './cards.ts'

/** Gives what everybody holds after that. */
export async function takeEachBack(stage: Stage, town: Town, cards: Cards): Promise<Cards> {
  stage.chapter(
    'One by one they are taken back',
    'Each answer “confirmed” means: no API that follows the authority lets this credential in any more.',
  )
  const turnstile = await endKey(stage, town, cards)
  const phone = await endToken(stage, town, cards)
  await endSession(stage, town, cards)
  await stage.step(
    'The JWT on the phone is as good as before',
    () => expect(lanesBy(town.pool, phone), 200),
    tellAnswer,
  )
  return { ...cards, phone, turnstile }
}

async function endKey(stage: Stage, town: Town, { turnstile }: Cards): Promise<Cards['turnstile']> {
  const { anybody, owner, gym } = town
  const exchanged = await stage.step(
    'The turnstile trades its key for a JWT, to call with that',
    () => anybody.exchangeApiKey({ apiKey: turnstile.key }),
    (made) => `${made.expires_in / 60} minutes, ${made.scope}`,
  )
  const byToken = doorBy(gym, bearer(exchanged.access_token))
  await byToken.ask()
  await stage.revocation('The owner ends the key, and the JWT made from it ends with it', () =>
    takeBack({
      what: 'API key and its JWT',
      by: owner,
      target: { kind: 'api_key', id: turnstile.keyId },
      visits: [doorBy(gym, apiKey(turnstile.key)), byToken],
    }),
  )
  const next = await stage.step('… and the turnstile gets another key', () => makeTurnstileKey(town))
  await stage.step('… which opens the door', () => expect(doorBy(gym, apiKey(next.key)), 200), tellAnswer)
  return next
}

async function endToken(stage: Stage, { anybody, pool }: Town, { phone }: Cards): Promise<Phone> {
  await stage.revocation('Mia ends the one JWT on her phone', () =>
    takeBack({
      what: 'JWT',
      by: anybody.with({ accessToken: phone.accessToken }),
      target: { kind: 'credential', credential: phone.accessToken },
      visits: [lanesBy(pool, phone)],
    }),
  )
  const next = await stage.step('… her phone refreshes', () => refresh(anybody, phone))
  await stage.step('… and the pool takes the next one', () => showOften(lanesBy(pool, next)), tellSight)
  return next
}

async function endSession(stage: Stage, { anybody, gym }: Town, { tablet }: Cards): Promise<void> {
  const session = bearer(tablet.sessionToken)
  const floor = await stage.step('The tablet watches who is in: a stream of events', () =>
    watchFloor(gym, session),
  )
  const startedMs = performance.now()
  const [, closedMs] = await Promise.all([
    stage.revocation('Mia signs out on the tablet', () =>
      takeBack({
        what: 'session',
        by: anybody.with({ sessionToken: tablet.sessionToken }),
        target: { kind: 'session', id: tablet.sessionId },
        visits: [classesBy(gym, session)],
      }),
    ),
    floor.closed(),
  ])
  stage.told('… and the gym has closed the stream', closedMs - startedMs, '')
}
