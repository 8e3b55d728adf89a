/** What a finger touches: large enough, or far enough from its neighbours, on every page (WCAG 2.2 §2.5.8). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { findTooSmall } from './browser.ts'
import { fill, PROVIDERS } from './every-page.ts'
import { signIn } from './people.ts'
import { openStage } from './stage.ts'

/** Where a finger lands that was meant for the middle: as far from it as a target of 24 px reaches. */
const OFF_PX = 11

test('the size of targets', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, {
    COUNTERSIGN_PROVIDERS: PROVIDERS,
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
  })
  const paths = await fill(stage.world)

  for (const width of [1440, 360] as const) {
    await stage.play(`no target is too small at ${width} px`, { width }, async (page, world) => {
      await signIn(page, world)
      const found: string[] = []
      for (const path of paths) {
        await page.goto(`${world.url}${path}`)
        await page.locator('#content h1').first().waitFor()
        await page.locator('[data-skeleton]').first().waitFor({ state: 'detached' })
        for (const html of await findTooSmall(page)) found.push(`${path}: ${html}`)
      }

      assert.deepEqual(found, [])
    })
  }

  await stage.play(
    'a touch beside the box of a row chooses it, and opens nothing',
    {},
    async (page, world) => {
      await signIn(page, world, '/console/people')
      const box = page.getByRole('checkbox', { name: 'Choose Carl Dotter' })
      const { x, y, width, height } = (await box.boundingBox()) ?? assert.fail('The box is not drawn.')
      const middle = { x: x + width / 2, y: y + height / 2 }

      await page.mouse.click(middle.x + OFF_PX, middle.y + OFF_PX)
      assert.ok(await box.isChecked())
      await page.mouse.click(middle.x - OFF_PX, middle.y - OFF_PX)

      assert.ok(!(await box.isChecked()))
      assert.equal(new URL(page.url()).pathname, '/console/people')
    },
  )
})
