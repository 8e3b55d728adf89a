/** Looks at a state from every side: light and dark, on a desk and on a phone; and lays what it took out on sheets. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { assertAccessible, assertFits, SCREENSHOTS, shoot } from '../browser.ts'

interface Way {
  readonly scheme: 'light' | 'dark'
  readonly width: 360 | 1440
}

const schemes = ['light', 'dark'] as const
const widths = [1440, 360] as const
export const everyWay: readonly Way[] = schemes.flatMap((scheme) =>
  widths.map((width) => ({ scheme, width })),
)
export const nameOf = ({ scheme, width }: Way): string => `${scheme}-${width}`

/** Each way is looked at by axe and measured, and leaves a picture. */
export async function lookAt(page: Page, name: string, ways: readonly Way[]): Promise<void> {
  for (const way of ways) {
    await page.emulateMedia({ colorScheme: way.scheme })
    await page.setViewportSize({ width: way.width, height: way.width === 360 ? 740 : 900 })
    await assertAccessible(page)
    await assertFits(page)
    await shoot(page, `${name}-${nameOf(way)}`)
  }
}

const ON_A_SHEET = 6

/** Six pictures of one way on each sheet, with their names, for a first look; a doubtful one is then opened by itself. */
export async function layOut(browser: Browser, prefix: string): Promise<void> {
  const all = (await readdir(SCREENSHOTS)).filter((file) => file.startsWith(prefix)).sort()
  const context = await browser.newContext({ viewport: { width: 1800, height: 1200 } })
  const page = await context.newPage()
  for (const way of everyWay.map(nameOf)) {
    const files = all.filter((file) => file.endsWith(`${way}.png`))
    for (let from = 0; from < files.length; from += ON_A_SHEET) {
      const figures = files
        .slice(from, from + ON_A_SHEET)
        .map(
          (file) =>
            `<figure><figcaption>${file}</figcaption><img src="${pathToFileURL(join(SCREENSHOTS, file)).href}"></figure>`,
        )
      const name = `sheet-${prefix}${way}-${String(from / ON_A_SHEET).padStart(2, '0')}.png`
      await layOutSheet(page, figures, join(SCREENSHOTS, name), way.endsWith('360') ? 6 : 3)
    }
  }
  await context.close()
}

async function layOutSheet(
  page: Page,
  figures: readonly string[],
  path: string,
  columns: number,
): Promise<void> {
  // A page of no origin may not show files; one of the folder may.
  await page.goto(pathToFileURL(`${SCREENSHOTS}/`).href)
  await page.setContent(
    `<style>body{margin:8px;display:grid;gap:8px;grid-template-columns:repeat(${columns},1fr);background:#888;font:13px sans-serif}
    figure{margin:0}img{width:100%}</style>${figures.join('')}`,
    { waitUntil: 'load' },
  )
  await page.screenshot({ path, fullPage: true })
}
