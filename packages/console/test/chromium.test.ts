/** What the Chromium of the tests is started with, and what it does not do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CHROMIUM_FLAGS } from '@countersign/tools/chromium'
import { requireProgram } from '@countersign/tools/programs'
import { chromium } from 'playwright-core'
import { openBrowser, openPage } from './browser.ts'

test('whatever Playwright switches off stays off beside what the tests switch off', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const server = await chromium.launchServer({ executablePath: program, args: ['--no-sandbox'] })
  t.after(() => server.close())

  const off = switchedOff(server.process().spawnargs)

  assert.ok(off.length > 0)
  assert.deepEqual(
    off.filter((name) => !switchedOff(CHROMIUM_FLAGS).includes(name)),
    [],
  )
})

test('beside the page of a window, no page of the browser itself is loaded', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const browser = await openBrowser(program)
  t.after(() => browser.close())
  await openPage(browser)
  const session = await browser.newBrowserCDPSession()

  const { targetInfos } = await session.send('Target.getTargets', { filter: [{}] })

  assert.deepEqual(targetInfos.map(({ type }) => type).sort(), ['page', 'tab'])
})

/** Chromium takes the last list. */
function switchedOff(args: readonly string[]): readonly string[] {
  const lists = args.filter((arg) => arg.startsWith('--disable-features='))
  return lists.at(-1)?.split('=')[1]?.split(',') ?? []
}
