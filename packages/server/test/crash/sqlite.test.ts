/** `kill -9` in the middle of load, again and again, on the embedded database (issue 2, "nothing lost"). */
import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { quiet, startProgram, temporaryFolder } from '../processes/spawn.ts'
import { bootstrap } from './bootstrap.ts'
import { assertChainGrows, assertChainIsWhole } from './chain.ts'
import { assertNoFlaws, type Query } from './flaws.ts'
import { prepare, startLoad } from './load.ts'
import { comparePromises } from './promises.ts'
import { seededRandom } from './random.ts'
import { World } from './world.ts'

const KILLS = 22
/** Requests answered before a kill: enough for every worker to have something to lose. */
const ANSWERED_MIN = 20
const ANSWERED_MAX = 160
const FILE = 'countersign.db'

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

/** Each question on a connection of its own, which sees what is committed. */
function queryOf(file: string): Query {
  return async (text) => {
    const db = new DatabaseSync(file, { readOnly: true })
    try {
      return db.prepare(text).all()
    } finally {
      db.close()
    }
  }
}

/** Looks at a copy: whoever opens the file itself recovers it, which is the next server's task. */
async function withCopy(folder: string, look: (query: Query) => Promise<void>): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), 'countersign-copy-'))
  try {
    for (const name of [FILE, `${FILE}-wal`]) copyFileSync(join(folder, name), join(copy, name))
    await look(queryOf(join(copy, FILE)))
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}
