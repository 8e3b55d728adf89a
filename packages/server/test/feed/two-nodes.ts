/** Two nodes that know each other, and what is revoked at one of them. */
import type { Confirmation } from '../../src/confirmations.ts'
import { LAPSE_MS, openNode, REPORT_MS, type TestNode, type Watched, type World, watch } from './world.ts'

/** Both have listened for long enough to know each other. */
export async function givenTwo(world: World): Promise<{ near: TestNode; far: TestNode }> {
  const near = await openNode(world, { shared: true })
  const far = await openNode(world, { shared: true })
  await world.advance(REPORT_MS + LAPSE_MS + REPORT_MS)
  return { near, far }
}

export async function revoke(world: World, { feed, confirmations }: TestNode): Promise<number> {
  const position = world.log.append('session', `session-${world.log.position}`)
  await feed.committed()
  confirmations.committed(position)
  return position
}

export const waitFor = (node: TestNode, position: number): Watched<Confirmation> =>
  watch(node.confirmations.wait(position, 60_000))
