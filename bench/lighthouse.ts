/** The pages as Lighthouse judges them: performance, accessibility and best practices, on a phone and on a desk. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CHROMIUM_FLAGS } from '@countersign/tools/chromium'
import { buildConsole } from '@countersign/tools/console'
import { findProgram } from '@countersign/tools/programs'
import { type Browser, chromium } from 'playwright-core'
import { type Site, signIn, toSite } from './console/pages.ts'
import { type Judge, openJudge, type Preset, type Scores } from './lighthouse/judge.ts'
import { type BenchResult, toNotMeasured } from './measure.ts'
import { Child } from './server/child.ts'
import { findFreePort } from './server/ports.ts'

const SCORE_MIN = 95
const TARGET = `at least ${SCORE_MIN}`
const UNIT = 'of 100'

interface Visit {
  readonly name: string
  readonly path: string
  readonly preset: Preset
  readonly isSignedIn: boolean
  /** On the simulated phone an application is told, and not held: nobody administers on slow 4G. */
  readonly isHeld: boolean
}

const PAGES = [
  ['overview', '/console'],
  ['people', '/console/people'],
  ['audit log', '/console/audit'],
  ['account', '/account'],
  ['account’s keys', '/account/keys'],
] as const

const VISITS: readonly Visit[] = [
  ...(['mobile', 'desktop'] as const).map((preset) => ({
    name: 'sign-in',
    path: '/sign-in',
    preset,
    isSignedIn: false,
    isHeld: true,
  })),
  ...PAGES.map(
    ([name, path]) => ({ name, path, preset: 'desktop', isSignedIn: true, isHeld: true }) as const,
  ),
  ...PAGES.filter(([, path]) => !path.includes('/', 1)).map(
    ([name, path]) => ({ name, path, preset: 'mobile', isSignedIn: true, isHeld: false }) as const,
  ),
]

/** Takes about five minutes and cleans up after itself. */
export async function benchLighthouse(): Promise<BenchResult[]> {
  const program = findProgram('chromium')
  if (program === undefined) return [toNotMeasured('lighthouse', UNIT, TARGET, 'chromium is not installed')]
  const port = await findFreePort()
  const judge = await openJudge(port)
  if (judge === null) {
    const reason = 'it is not installed: npm install --prefix bench --no-save lighthouse'
    return [toNotMeasured('lighthouse', UNIT, TARGET, reason)]
  }
  await buildConsole()
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  const folder = mkdtempSync(join(results, 'lighthouse-'))
  const child = Child.start('../console/authority-child.ts', { BENCH_FOLDER: folder })
  const browser = await chromium.launch({
    executablePath: program,
    args: [...CHROMIUM_FLAGS, `--remote-debugging-port=${port}`],
  })
  try {
    const opened = await child.call('open')
    const site = toSite(opened)
    return await visitAll(judge, site.issuer, await toCookie(browser, site))
  } finally {
    await browser.close()
    await child.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function visitAll(judge: Judge, issuer: string, cookie: string): Promise<BenchResult[]> {
  const lines: BenchResult[] = []
  const all: Scores[] = []
  for (const { name, path, preset, isSignedIn, isHeld } of VISITS) {
    const scores = await judge(`${issuer}${path}`, preset, isSignedIn ? cookie : null)
    all.push(scores)
    lines.push(toLine(`lighthouse: ${name}, ${preset}: performance`, scores.performance, isHeld))
  }
  const lowest = (what: keyof Scores): number => Math.min(...all.map((scores) => scores[what]))
  return [
    ...lines,
    toLine('lighthouse: accessibility, the lowest of all', lowest('accessibility'), true),
    toLine('lighthouse: best practices, the lowest of all', lowest('bestPractices'), true),
  ]
}

const toLine = (name: string, score: number, isHeld: boolean): BenchResult => ({
  name,
  unit: UNIT,
  ours: score,
  theirs: null,
  ratio: null,
  target: isHeld ? TARGET : 'told, not held',
  met: !isHeld || score >= SCORE_MIN,
})

/** The cookies of somebody who has signed in, as the browser sends them. */
async function toCookie(browser: Browser, site: Site): Promise<string> {
  const context = await browser.newContext({ locale: 'en-GB' })
  try {
    await signIn(await context.newPage(), site)
    return (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  } finally {
    await context.close()
  }
}

if (import.meta.main) console.table(await benchLighthouse())
