/**
 * `kill -9` while people change and forget passwords, confirm addresses, add and use passkeys, enrol factors, while an
 * app is given codes and tokens, and while services exchange tokens: nothing is done by halves, and what is for one use
 * stays so (issue 2).
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Settings, startProgram, temporaryFolder } from '../processes/spawn.ts'
import { bootstrap } from './bootstrap.ts'
import { assertChainIsWhole } from './chain.ts'
import { doorSettings, hire } from './doors/hire.ts'
import type { Worker } from './doors/worker.ts'
import { assertNoFlaws, type Query } from './flaws.ts'
import { givenDatabase, requirePostgres, withQuery } from './postgres.ts'
import { seededRandom } from './random.ts'
import { FILE, queryOf, withCopy } from './sqlite.ts'
import { World } from './world.ts'

const KILLS = 8
/** Work of several steps may be cut short by every one of those kills; a run that has not seen it done goes on so far. */
const KILLS_MAX = 40
const ANSWERED_MIN = 20
const ANSWERED_MAX = 120
const ANSWERED_AFTER_LINK_MAX = 40

/** A database that outlives the servers on it. */
interface Ground {
  readonly settings: Settings
  /** Looks while no server runs. */
  look(ask: (query: Query) => Promise<void>): Promise<void>
}

test('doors of sign-in, of apps and of services on SQLite do all or nothing when the server is killed', async (t) => {
  const folder = temporaryFolder(t)
  const settings = doorSettings({ COUNTERSIGN_DATA: folder })
  await killAgainAndAgain(t, { settings, look: (ask) => withCopy(folder, ask) })
  await assertNoFlaws(queryOf(join(folder, FILE)))
})

test('doors of sign-in, of apps and of services on Postgres do all or nothing when the server is killed', async (t) => {
  const server = await requirePostgres(t)
  if (server === undefined) return
  const { url, settings } = await givenDatabase(server)
  await killAgainAndAgain(t, { settings: doorSettings(settings), look: (ask) => withQuery(url, ask) })
})

async function killAgainAndAgain(t: TestContext, { settings, look }: Ground): Promise<void> {
  const world = new World(seededRandom(t), await bootstrap(settings))
  let workers: readonly Worker[] = []
  let chained = 0
  let kills = 0
  for (let isOver = false; !isOver; ) {
    const program = startProgram(t, 'server', settings)
    world.base = (await program.ready).url
    if (workers.length === 0) workers = await hire(world)
    for (const worker of workers) await compare(worker)
    assert.deepEqual(world.faults, [])
    chained = await assertChainIsWhole(world, chained)
    isOver = kills >= (workers.every((worker) => worker.done() > 0) ? KILLS : KILLS_MAX)
    if (!isOver) {
      const stopped = new AbortController()
      const work = Promise.all(workers.map((worker) => worker.work(() => !stopped.signal.aborted)))
      await Promise.race([momentOf(world, kills), work])
      stopped.abort()
      await program.end('SIGKILL')
      kills += 1
      await work
    } else await program.end('SIGKILL')
    await look(assertNoFlaws)
  }
  for (const worker of workers) {
    t.diagnostic(`${worker.name}: ${worker.done()} done, ${kills} kills`)
    assert.ok(worker.done() > 0, `Of ${worker.name} nothing was ever done.`)
  }
  assert.equal(world.unavailable, 0, 'A server that was up was unavailable.')
}

/**
 * When the next kill comes. Every other one waits for a link: mail is sent once in a second, and on a quick machine that
 * many requests are answered in less, so that nobody would ever come to use one.
 */
function momentOf(world: World, kills: number): Promise<void> {
  if (kills % 2 === 0) return world.answered(world.random.between(ANSWERED_MIN, ANSWERED_MAX))
  const more = world.random.between(1, ANSWERED_AFTER_LINK_MAX)
  return world.linked().then(() => world.answered(more))
}

async function compare(worker: Worker): Promise<void> {
  try {
    await worker.compare()
  } catch (error) {
    throw new Error(`What became of ${worker.name} is not what was acknowledged.`, { cause: error })
  }
}
