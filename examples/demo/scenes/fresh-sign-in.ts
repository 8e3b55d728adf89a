/** Scene: what costs money asks for a sign-in that is fresh (RFC 9470). */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { MIA, type Phone, signInOnPhone } from '../people.ts'
import type { Stage } from '../stage.ts'
import type { Town } from '../town.ts'
import { bearer, createVisit, expect, tellAnswer, type Visit } from '../visitor.ts'

export async function askForFreshSignIn(stage: Stage, town: Town, old: Phone): Promise<void> {
  const { anybody, pool, pace } = town
  stage.chapter(
    'A season ticket',
    `It costs money, so the pool wants a sign-in that is no older than ${pace.signInAgeMaxSeconds} s. That of the phone is.`,
  )
  const challenge = await stage.step(
    'Mia buys it with the JWT that she has',
    () => untilTooOld(ticketBy(pool, old)),
    (answer) => answer.headers.get('www-authenticate') ?? '',
  )
  assert.match(
    challenge.headers.get('www-authenticate') ?? '',
    /insufficient_user_authentication.*max_age="?\d+/,
  )
  const fresh = await stage.step('She signs in again', () => signInOnPhone(anybody, MIA))
  await stage.step('… and has her ticket', () => expect(ticketBy(pool, fresh), 201), tellAnswer)
}

const ticketBy = (pool: string, { accessToken }: Phone): Visit =>
  createVisit({
    where: 'pool',
    at: pool,
    request: 'POST /season-tickets',
    authorization: bearer(accessToken),
    body: {},
  })

/** Where the story went so fast that the sign-in is still fresh, it takes a breath. */
async function untilTooOld(visit: Visit) {
  for (;;) {
    const answer = await visit.ask()
    if (answer.status === 401) return answer
    assert.equal(answer.status, 201)
    await pause(200)
  }
}
