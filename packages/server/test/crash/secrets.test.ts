/** The root secret cannot be torn: whoever is killed while making it leaves all of it or none of it. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { findKeyring } from '../../src/adapters/secrets-file.ts'
import { temporaryFolder } from '../processes/spawn.ts'
import { seededRandom } from './random.ts'

const KILLS = 8
const MADE_MAX = 25

test('a root secret is there as a whole or not at all, whenever its maker is killed', async (t) => {
  const random = seededRandom(t)
  for (let kill = 0; kill < KILLS; kill += 1) {
    const parent = temporaryFolder(t)
    const maker = startMaker(parent)
    const made = random.between(1, MADE_MAX)
    while (readdirSync(parent).length < made && maker.exitCode === null) await setImmediate()
    const ended = once(maker, 'exit')
    maker.kill('SIGKILL')
    await ended

    for (const name of readdirSync(parent)) {
      const folder = join(parent, name)
      const wasThere = readdirSync(folder).includes('secrets.json')
      // Throws where the file is cut off, empty, or open to others.
      const { source } = findKeyring({ setting: null, dataFolder: folder, embedded: true })
      assert.equal(source, wasThere ? 'file' : 'generated')
    }
    assert.ok(readdirSync(parent).length >= made, 'The maker ended before it was killed.')
  }
})

function startMaker(parent: string): ChildProcess {
  const program = join(import.meta.dirname, 'secrets-program.ts')
  return spawn(process.execPath, ['--conditions=source', program, parent], { stdio: 'ignore' })
}
