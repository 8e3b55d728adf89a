/** What the writer's thread loads: it is started with every database that is opened, and waited for. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Prints the URL of each module that the transactions bring with them. */
const PROGRAM = `
  import { registerHooks } from 'node:module'
  const urls = []
  registerHooks({ load: (url, context, next) => { urls.push(url); return next(url, context) } })
  await import(process.argv[1])
  console.log(JSON.stringify(urls))`

test('the writer loads its transactions and neither a door of core nor the verifier', async () => {
  const transactions = new URL('../transactions.ts', import.meta.url).href

  const args = ['--conditions=source', '--input-type=module', '--eval', PROGRAM, transactions]
  const { stdout } = await run(process.execPath, args)

  const urls: unknown = JSON.parse(stdout)
  assert.ok(Array.isArray(urls) && urls.includes(transactions))
  const strangers = urls.filter((url) =>
    /\/core\/src\/(?:doors\/|index\.ts)|\/packages\/verifier\//.test(url),
  )
  assert.deepEqual(strangers, [])
})
