/** Scene: a role loses a permission, and every JWT that carries the role is called in. */
import { classesBy, lanesBy, type Phone, refresh } from '../people.ts'
import type { Stage } from '../stage.ts'
import { ROLES, type Town } from '../town.ts'
import { bearer, expect, tellAnswer, untilStatus } from '../visitor.ts'

/** Gives the phone as it is after that. */
export async function narrowRole(stage: Stage, town: Town, phone: Phone): Promise<Phone> {
  const { anybody, owner, gym, pool } = town
  stage.chapter(
    'The pool is closed to members for repair',
    'A permission is taken from a role. JWTs that say otherwise are out there, and are called in.',
  )
  await stage.step(
    'The owner takes lanes:book from the role of swimmers, and the JWT is refused',
    async () => {
      const startedMs = performance.now()
      const [refusal] = await Promise.all([
        untilStatus(lanesBy(pool, phone), (status) => status === 401, startedMs),
        owner.roles.change('swimmer', { permissions: ROLES.swimmer.filter((one) => one !== 'lanes:book') }),
      ])
      return refusal
    },
    ({ status, code, fromMs }) => ({ detail: `${status} ${code}`, ms: fromMs }),
  )
  const narrower = await stage.step('The phone refreshes, and has a JWT that says less', () =>
    refresh(anybody, phone),
  )
  await stage.step(
    '… which the pool knows, and does not let in',
    () => expect(lanesBy(pool, narrower), 403, 'permission_denied'),
    tellAnswer,
  )
  await stage.step(
    '… and the gym does',
    () => expect(classesBy(gym, bearer(narrower.accessToken)), 200),
    tellAnswer,
  )
  const wide = await stage.step(
    'The pool is open again: the role has it back, and the phone refreshes',
    async () => {
      await owner.roles.change('swimmer', { permissions: [...ROLES.swimmer] })
      return refresh(anybody, narrower)
    },
  )
  await stage.step('Mia swims', () => expect(lanesBy(pool, wide), 200), tellAnswer)
  return wide
}
