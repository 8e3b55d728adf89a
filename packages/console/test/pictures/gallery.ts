/** One state in every look, as it was reached once in each language; and the page on which all pictures hang side by side. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { assertAccessible, assertFits, openPage } from '../browser.ts'
import type { House } from './house.ts'
import type { Language, Sequence, State } from './state.ts'

/** Written by each run that is asked to, and kept out of the repository. */
export const FOLDER: string = join(import.meta.dirname, '../../screenshots/hosted')

interface PictureLook {
  /** Colours are the same in a wide window, and roles the same in German: axe is asked where it could say something new. */
  readonly isJudged: boolean
  readonly scheme: 'light' | 'dark'
  readonly width: 360 | 1440
}

const LOCALES = { en: 'en-GB', de: 'de-DE' } as const

/** The looks of each language; the narrow one first, which is the one that things do not fit into. */
const LOOKS: { readonly [K in Language]: readonly PictureLook[] } = {
  en: [
    { scheme: 'light', width: 360, isJudged: true },
    { scheme: 'light', width: 1440, isJudged: false },
    { scheme: 'dark', width: 360, isJudged: true },
  ],
  de: [{ scheme: 'light', width: 360, isJudged: false }],
}

export const languagesOf = ({ languages = ['en', 'de'] }: State): readonly Language[] => languages

/** Reaches the state in each of its languages, looks at it in every look, and leaves a picture of each. */
export async function shootState(browser: Browser, house: House, state: State): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  for (const language of languagesOf(state)) {
    await visit(browser, house, state, language, async (page) => {
      for (const look of LOOKS[language]) {
        await page.emulateMedia({ colorScheme: look.scheme })
        await page.setViewportSize({ width: look.width, height: heightOf(look) })
        await assertFits(page)
        if (look.isJudged) await assertAccessible(page)
        await page.screenshot({ path: join(FOLDER, fileOf(state, language, look)), fullPage: true })
      }
    })
  }
}

const heightOf = ({ width }: PictureLook): number => (width === 360 ? 740 : 900)

async function visit(
  browser: Browser,
  house: House,
  state: State,
  language: Language,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const watched = await openPage(browser, { width: 360, locale: LOCALES[language] })
  try {
    const { page } = watched
    await state.arrive({ page, house })
    await page.locator(state.sees).first().waitFor()
    const heading = page.getByRole('heading', { level: 1, name: state.heading[language], exact: true })
    await heading.waitFor()
    assert.equal(await page.locator('html').getAttribute('lang'), language)
    await look(page)
    if (state.isOutage !== true) watched.assertQuiet()
  } finally {
    await watched.close()
  }
}

const fileOf = ({ name }: State, language: Language, { scheme, width }: PictureLook): string =>
  `${name}.${language}.${scheme}.${width}.png`

/** Answers where the page is. */
export async function hang(sequences: readonly Sequence[]): Promise<string> {
  const parts = sequences.map(
    ({ page, states }) =>
      `<h2>${page}</h2>${states.map((state) => `<section>${figures(state)}</section>`).join('')}`,
  )
  const file = join(FOLDER, 'index.html')
  await writeFile(file, `${HEAD}${parts.join('\n')}</html>\n`)
  return file
}

function figures(state: State): string {
  const pictures = languagesOf(state).flatMap((language) =>
    LOOKS[language].map((look) => ({ language, look })),
  )
  return pictures
    .map(({ language, look }) => {
      const file = fileOf(state, language, look)
      const caption = `${state.name}, ${language}, ${look.scheme}, ${look.width}`
      return `<figure><a href="${file}"><img src="${file}" alt="" loading="lazy" width="${look.width === 360 ? 240 : 480}"></a><figcaption>${caption}</figcaption></figure>`
    })
    .join('')
}

const HEAD = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Pages of the server</title>
<style>
body { margin: 2rem; background: #d9dde3; color: #16191f; font: 14px/1.4 system-ui, sans-serif; }
section { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; margin: 0 0 2rem; }
figure { margin: 0; }
img { display: block; height: auto; }
</style>
`
