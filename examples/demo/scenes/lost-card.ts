/** Scene: the wallet is gone. Everything of one person ends everywhere, and the person is welcome again at once. */
import type { Secret } from '@countersign/client'
import {
  classesBy,
  lanesBy,
  MIA,
  type Phone,
  showOften,
  signInOnPhone,
  signInOnTablet,
  tellSight,
} from '../people.ts'
import type { Stage } from '../stage.ts'
import type { Town } from '../town.ts'
import { apiKey, bearer, expect, takeBack } from '../visitor.ts'
import type { Cards } from './cards.ts'

/** Gives the phone of the sign-in after that. */
export async function loseCard(stage: Stage, town: Town, { mia, phone }: Cards): Promise<Phone> {
  const { anybody, owner, gym, pool } = town
  stage.chapter(
    'The card is lost',
    'A session, a JWT and an API key of Mia’s, at two places. One revocation: everything that was issued to her before now.',
  )
  const tablet = await stage.step('Mia is signed in on the tablet again', () => signInOnTablet(anybody, MIA))
  const watch = await stage.step('… and her watch has an API key of its own', () => makeWatchKey(town, phone))
  const visits = [
    classesBy(gym, bearer(tablet.sessionToken)),
    classesBy(gym, apiKey(watch)),
    lanesBy(pool, phone),
  ]
  await stage.step('All three are let in', () => Promise.all(visits.map((visit) => expect(visit, 200))))
  await stage.revocation('“I have lost my bag!” The owner ends everything of hers', () =>
    takeBack({ what: 'everything of Mia’s', by: owner, target: { kind: 'account', id: mia }, visits }),
  )
  const found = await stage.step('Mia signs in anew on another phone', () => signInOnPhone(anybody, MIA))
  await stage.step('… and swims', () => showOften(lanesBy(pool, found)), tellSight)
  return found
}

async function makeWatchKey({ anybody }: Town, { accessToken }: Phone): Promise<Secret> {
  const { secret } = await anybody
    .with({ accessToken })
    .apiKeys.create({ name: 'watch', permissions: ['classes:read'] })
  return secret
}
