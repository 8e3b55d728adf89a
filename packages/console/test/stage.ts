/** The stage of a test file: one authority and one browser for all its tests, or a loud skip where there is no Chromium. */
import type { TestContext } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type Look, openBrowser, openPage } from './browser.ts'
import { openWorld, type World } from './world.ts'

export interface Stage {
  readonly world: World
  readonly browser: Browser
  /** One test in a window of its own; it fails when the page complained about anything. */
  play(name: string, look: Look, act: (page: Page, world: World) => Promise<void>): Promise<void>
}

/** Everything is ended with the test that it is opened for. */
export async function openStage(
  t: TestContext,
  program: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Stage> {
  const world = await openWorld(settings)
  t.after(() => world.close())
  const browser = await openBrowser(program)
  t.after(() => browser.close())
  return {
    world,
    browser,
    play: async (name, look, act) => {
      await t.test(name, async () => {
        const watched = await openPage(browser, look)
        try {
          await act(watched.page, world)
          watched.assertQuiet()
        } finally {
          await watched.close()
        }
      })
    },
  }
}
