/** `kill -9` in the middle of load, again and again, on the embedded database (issue 2, "nothing lost"). */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { quiet, startProgram, temporaryFolder } from '../processes/spawn.ts'
import { bootstrap } from './bootstrap.ts'
import { assertChainGrows, assertChainIsWhole } from './chain.ts'
import { assertNoFlaws } from './flaws.ts'
import { prepare, startLoad } from './load.ts'
import { comparePromises } from './promises.ts'
import { seededRandom } from './random.ts'
import { FILE, queryOf, withCopy } from './sqlite.ts'
import { World } from './world.ts'

const KILLS = 22
/** Requests answered before a kill: enough for every worker to have something to lose. */
const ANSWERED_MIN = 20
const ANSWERED_MAX = 160

test('a server killed under load has kept all it acknowledged and made nothing by halves', async (t) => {
  const folder = temporaryFolder(t)
  const settings = { ...quiet, COUNTERSIGN_DATA: folder, COUNTERSIGN_REFRESH_GRACE_SECONDS: '60' }
  const world = new World(seededRandom(t), await bootstrap(settings))
  let chained = 0
  let linkedBefore = 0
  for (let kill = 0; kill <= KILLS; kill += 1) {
    const program = startProgram(t, 'server', settings)
    world.base = (await program.ready).url
    if (kill === 0) {
      await prepare(world)
      linkedBefore = await assertChainIsWhole(world, 0)
    }
    await comparePromises(world, queryOf(join(folder, FILE)))
    chained = await assertChainIsWhole(world, chained)
    if (kill === KILLS) break
    const load = startLoad(world)
    await world.answered(world.random.between(ANSWERED_MIN, ANSWERED_MAX))
    await program.end('SIGKILL')
    await load.ended
    await withCopy(folder, assertNoFlaws)
  }
  await assertChainGrows(world, linkedBefore)
  t.diagnostic(`${world.acknowledged} answers, ${KILLS} kills`)
  assert.equal(world.unavailable, 0, 'A server that was up was unavailable.')
})
