/** Scene: three kinds of credential, each at its place, and what each may not do. */
import assert from 'node:assert/strict'
import type { Secret } from '@countersign/client'
import {
  classesBy,
  doorBy,
  join,
  lanesBy,
  MIA,
  type Phone,
  showOften,
  signInOnPhone,
  signInOnTablet,
  type Tablet,
  tellSight,
} from '../people.ts'
import type { Stage } from '../stage.ts'
import { ROLES, type Town } from '../town.ts'
import { apiKey, bearer, createVisit, expect, tellAnswer } from '../visitor.ts'

export interface Cards {
  readonly mia: string
  readonly tablet: Tablet
  readonly phone: Phone
  readonly turnstile: { readonly key: Secret; readonly keyId: string }
}

/** The turnstile lets this many people in within a minute; whoever holds its key does no better. */
const DOOR_LIMIT = { requests: 30, per_seconds: 60 } as const

export async function giveCards(stage: Stage, town: Town): Promise<Cards> {
  stage.chapter(
    'Mia joins the gym',
    'A session for the tablet, a JWT for the phone, an API key for the door.',
  )
  const mia = await stage.step(
    'Mia signs up, and the owner makes her a member',
    () => join(town.anybody, town.owner, MIA),
    () => ROLES.swimmer.join(' '),
  )
  const tablet = await stage.step('She signs in on the gym’s tablet: a session token', () =>
    signInOnTablet(town.anybody, MIA),
  )
  const phone = await stage.step('She signs in on her phone: a JWT of 15 minutes, and a refresh token', () =>
    signInOnPhone(town.anybody, MIA),
  )
  const turnstile = await stage.step(
    'The owner makes an API key for the turnstile',
    () => makeTurnstileKey(town),
    () => `doors:open, ${DOOR_LIMIT.requests} requests in ${DOOR_LIMIT.per_seconds} s`,
  )
  const cards = { mia, tablet, phone, turnstile }
  await showThem(stage, town, cards)
  return cards
}

export async function makeTurnstileKey({ owner }: Town): Promise<Cards['turnstile']> {
  const { id } = await owner.serviceAccounts.create({ name: 'turnstile', roles: ['door'] })
  const { api_key: made, secret } = await owner.apiKeys.create({
    name: 'turnstile',
    service_account_id: id,
    permissions: [...ROLES.door],
    rate_limit: DOOR_LIMIT,
  })
  return { key: secret, keyId: made.id }
}

async function showThem(stage: Stage, { gym, pool }: Town, cards: Cards): Promise<void> {
  stage.chapter(
    'Each is let in where it belongs',
    'At first sight a place asks the authority, or checks the signature. After that it knows by itself.',
  )
  const session = bearer(cards.tablet.sessionToken)
  const door = doorBy(gym, apiKey(cards.turnstile.key))
  await stage.step('The gym, by session', () => showOften(classesBy(gym, session)), tellSight)
  await stage.step('The pool, by JWT', () => showOften(lanesBy(pool, cards.phone)), tellSight)
  await stage.step('The gym’s door, by API key', () => showOften(door), tellSight)
  const booking = { where: 'gym', at: gym, request: 'POST /classes/spinning/bookings', body: {} } as const
  const byTurnstile = createVisit({ ...booking, authorization: apiKey(cards.turnstile.key) })
  await stage.step(
    'The turnstile tries to book a class',
    () => expect(byTurnstile, 403, 'permission_denied'),
    tellAnswer,
  )
  await stage.step(
    'Somebody without any credential tries, too',
    () => expect(createVisit(booking), 401, 'credential_required'),
    tellAnswer,
  )
  await stage.step(
    'The turnstile spins too fast',
    async () => {
      for (let request = 0; request < DOOR_LIMIT.requests; request += 1) {
        const answer = await door.ask()
        if (answer.status === 429) return answer
      }
      return assert.fail('The API key’s own limit did not hold.')
    },
    (answer) => ({
      detail: `${answer.status} ${answer.code}, again in ${answer.headers.get('retry-after')} s`,
      ms: answer.ms,
    }),
  )
}
