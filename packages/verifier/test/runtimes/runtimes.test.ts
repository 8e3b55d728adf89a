// The verifier promises to run on Node 20 and wherever `fetch` and Web Crypto are. Its own tests are run there: as they are on Deno, once
// more without `node:crypto`, and compiled on the Node that the machine itself has.

import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { test } from 'node:test'
import { compileTests, ownNode } from './compiled.ts'
import { findDeno, runDeno, runNode } from './runs.ts'

const ROOM = 'packages/verifier'
/** These run runtimes. */
const HERE = `${ROOM}/test/runtimes/`

const testsOf = (...patterns: readonly string[]): readonly string[] =>
  globSync(patterns.map((pattern) => `${ROOM}/${pattern}`))
    .filter((file) => !file.startsWith(HERE))
    .sort()

const ALL = ['src/**/*.test.ts', 'test/**/*.test.ts'] as const

/** Not run without `node:crypto`, each for its reason. */
const SYNCHRONOUS: Readonly<Record<string, string>> = {
  [`${ROOM}/src/check-access-token-life.test.ts`]:
    'takes the answer in the same step, which Web Crypto cannot give',
  [`${ROOM}/src/check-access-token.test.ts`]: 'compares both ways of checking a signature',
  [`${ROOM}/src/jwt/signature.test.ts`]: 'compares both ways of checking a signature',
  [`${ROOM}/src/watch.test.ts`]: 'counts steps of the event loop, of which Web Crypto takes more',
}

/** Starts its Redis by this repository's tools, which are TypeScript. */
const WITH_TOOLS = `${ROOM}/test/guards/redis-limiter.test.ts`

test('Deno: all tests of the verifier and of its guards pass', async (t) => {
  const deno = findDeno(t)
  if (deno === null) return
  const files = testsOf(...ALL)

  const run = await runDeno(deno, files)

  assert.deepEqual([run.exitCode, run.failed], [0, 0], run.output)
  assert.equal(run.files, files.length, run.output)
  assert.ok(run.passed > 500, run.output)
  t.diagnostic(`Deno ${run.version}: ${run.passed} tests in ${run.files} files`)
})

test('Deno without `node:crypto`: the tests of the verifier pass by Web Crypto alone', async (t) => {
  const deno = findDeno(t)
  if (deno === null) return
  const files = testsOf('src/**/*.test.ts').filter((file) => SYNCHRONOUS[file] === undefined)

  const run = await runDeno(deno, files, { preload: `${HERE}without-node-crypto.ts` })

  assert.deepEqual([run.exitCode, run.failed], [0, 0], run.output)
  assert.equal(run.files, files.length, run.output)
  assert.ok(run.passed > 400, run.output)
  for (const [file, reason] of Object.entries(SYNCHRONOUS)) t.diagnostic(`left out: ${file} ${reason}`)
})

test('the Node of the machine, from 20 up: all tests pass when compiled', async (t) => {
  const node = ownNode()
  const folder = await compileTests(t)
  const files = testsOf(...ALL).filter((file) => file !== WITH_TOOLS)

  const run = await runNode(node, folder, files)

  assert.deepEqual([run.exitCode, run.failed], [0, 0], run.output)
  assert.ok(run.passed > 500, run.output)
  t.diagnostic(`Node ${run.version}: ${run.passed} tests`)
})
