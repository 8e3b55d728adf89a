/**
 * A checker that finds nothing wrong proves little until it has found what is: each rule of the lease protocol is
 * broken on purpose, in a process of its own, and the checker has to see it within a bounded number of histories.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Mutation } from './mutation.ts'
import { mutations } from './mutations.ts'

const HISTORIES_MAX = 200

interface Ending {
  readonly code: number | null
  readonly text: string
}

function play({ name, faults, nodes, seed = 1 }: Mutation): Promise<Ending> {
  const { NODE_COMPILE_CACHE } = process.env
  const mutate = new URL('mutate.ts', import.meta.url).href
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      `--import=${mutate}`,
      join(import.meta.dirname, 'run.ts'),
      `--seed=${seed}`,
      `--count=${HISTORIES_MAX}`,
      `--faults=${faults.join(',')}`,
      ...(nodes === undefined ? [] : [`--nodes=${nodes}`]),
    ],
    { env: { NODE_COMPILE_CACHE, MUTATION: name }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more
    })
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })))
}

describe('a break of the lease protocol is found', { concurrency: 2 }, () => {
  for (const mutation of mutations) {
    test(`rule ${mutation.rule}: ${mutation.name}`, async (t) => {
      const { code, text } = await play(mutation)

      // 0 is for histories without a flaw, everything else but 1 for a mutation that fits its file no more.
      assert.equal(code, 1, text.slice(-2_000))
      assert.match(text, mutation.found)
      t.diagnostic(/^seed \d+/m.exec(text)?.[0] ?? '')
    })
  }
})

test('rules 2 to 9 are each broken at least once', () => {
  const rules = new Set(mutations.map(({ rule }) => rule))

  assert.deepEqual([...rules].sort(), [2, 3, 4, 5, 6, 7, 8, 9])
})
