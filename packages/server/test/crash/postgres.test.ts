/** The same on Postgres: the server is killed under load, and so is the database itself (issue 2, "nothing lost"). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { type Program, quiet, type Settings, startProgram } from '../processes/spawn.ts'
import { bootstrap } from './bootstrap.ts'
import { assertChainGrows, assertChainIsWhole } from './chain.ts'
import { assertNoFlaws, readNamed } from './flaws.ts'
import { prepare, startLoad } from './load.ts'
import { givenDatabase, requirePostgres, withQuery } from './postgres.ts'
import { comparePromises } from './promises.ts'
import { seededRandom } from './random.ts'
import { World } from './world.ts'

const SERVER_KILLS = 10
const DATABASE_KILLS = 10
/** In so many of them the database stays away until the lease has lapsed. */
const LONG_OUTAGES = 2
const ANSWERED_MIN = 20
const ANSWERED_MAX = 80
const LEASE_MS = 1000
const LOOKS_MAX = 3000
const LOOK_MS = 10

const settingsOf = (database: Settings): Settings => ({
  ...quiet,
  ...database,
  COUNTERSIGN_LEASE_SECONDS: String(LEASE_MS / 1000),
  COUNTERSIGN_REFRESH_GRACE_SECONDS: '60',
})

test('servers and databases are killed under load', async (t) => {
  const server = await requirePostgres(t)
  if (server === undefined) return

  await t.test('a killed server has kept all it acknowledged and made nothing by halves', async (t) => {
    const { url, settings: database } = await givenDatabase(server)
    const settings = settingsOf(database)
    const world = new World(seededRandom(t), await bootstrap(settings))
    let chained = 0
    let linkedBefore = 0
    for (let kill = 0; kill <= SERVER_KILLS; kill += 1) {
      const program = startProgram(t, 'server', settings)
      world.base = (await program.ready).url
      if (kill === 0) {
        await prepare(world)
        linkedBefore = await assertChainIsWhole(world, 0)
      }
      await withQuery(url, (query) => comparePromises(world, query))
      chained = await assertChainIsWhole(world, chained)
      if (kill === SERVER_KILLS) break
      const load = startLoad(world)
      await world.answered(world.random.between(ANSWERED_MIN, ANSWERED_MAX))
      await program.end('SIGKILL')
      await load.ended
      await withQuery(url, assertNoFlaws)
    }
    await assertChainGrows(world, linkedBefore)
    assert.equal(world.unavailable, 0, 'A server that was up was unavailable.')
  })

  await t.test(
    'a server whose database is killed answers 503 until it is back, and loses nothing',
    async (t) => {
      const { url, settings: database } = await givenDatabase(server)
      const settings = settingsOf(database)
      const world = new World(seededRandom(t), await bootstrap(settings))
      const program = startProgram(t, 'server', settings)
      world.base = (await program.ready).url
      await prepare(world)
      const linkedBefore = await assertChainIsWhole(world, 0)
      let chained = linkedBefore
      for (let kill = 0; kill < DATABASE_KILLS; kill += 1) {
        const load = startLoad(world)
        await world.answered(world.random.between(ANSWERED_MIN, ANSWERED_MAX))
        await server.kill9()
        // A poll that was answered by the dying database was sent before now.
        world.lapsedAtMs = performance.now() + LEASE_MS
        if (kill < LONG_OUTAGES) await untilRefused(world)
        else await untilUnavailable(world)
        world.lapsedAtMs = null
        await server.restart()
        await untilReady(world)
        load.stop()
        await load.ended
        await withQuery(url, assertNoFlaws)
        await withQuery(url, (query) => comparePromises(world, query))
        chained = await assertChainIsWhole(world, chained)
      }
      await assertChainGrows(world, linkedBefore)
      assert.ok(world.unavailable > 0)
      await assertQuietEnd(program)
    },
  )

  for (const [moment, sign] of readNamed('starting.sql')) {
    await t.test(`a first start that was killed when ${moment} is made good by the next`, async (t) => {
      const { url, settings: database } = await givenDatabase(server)
      const settings = settingsOf(database)
      await withQuery(url, async (query) => {
        const program = startProgram(t, 'server', settings)
        const isReady = isSettled(program)
        while ((await query(sign)).length === 0 && !isReady()) await setImmediate()
        await program.end('SIGKILL')
      })

      const { setupLink } = await startProgram(t, 'server', settings).ready

      assert.ok(setupLink !== null)
      await withQuery(url, assertNoFlaws)
    })
  }
})

function isSettled(program: Program): () => boolean {
  let isReady = false
  program.ready.then(
    () => {
      isReady = true
    },
    () => undefined,
  )
  return () => isReady
}

/** Until a credential that the server knows by heart is refused: its lease has lapsed. */
const untilRefused = (world: World): Promise<void> =>
  until(async () => {
    const answer = await world.call('GET', '/v1/me', { key: world.adminKey })
    if (answer.status !== 503) assert.equal(answer.status, 200, answer.text)
    else assert.equal(answer.json.code, 'verifier_unavailable')
    return answer.status === 503
  })

/** Until the first request has met the outage. */
function untilUnavailable(world: World): Promise<void> {
  const before = world.unavailable
  return until(async () => world.unavailable > before)
}

const untilReady = (world: World): Promise<void> =>
  until(async () => (await world.call('GET', '/readyz')).status === 200)

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (await isSo()) return
    await setTimeout(LOOK_MS)
  }
  assert.fail('It did not come to that.')
}

/** Outages are in the log, bugs are not. */
async function assertQuietEnd(program: Program): Promise<void> {
  const { code, stdout } = await program.end('SIGTERM')
  assert.equal(code, 0)
  const bugs = stdout.split('\n').filter((line) => line.includes('"unexpected_error"'))
  assert.deepEqual(bugs.slice(0, 3), [])
}
