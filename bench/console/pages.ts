/** What a person waits for in a real Chromium: the hosted sign-in page, and changing from one page of the console to another. */
import { CHROMIUM_FLAGS } from '@countersign/tools/chromium'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { type BenchResult, median, toLimit } from '../measure.ts'
import type { Figures } from '../server/child.ts'

const BYTES_MAX = 30_000
const USABLE_MS_MAX = 500
const SLOW_MS_MAX = 1_500
const ROUTE_MS_MAX = 100
const LOADS = 7
const LOOKED_MS = 5_000
const ROUNDS = 5
/** The network that page tests call fast 3G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back. */
const FAST_3G = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 }
const CPU_SLOWED = 4
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

export interface Site {
  readonly issuer: string
  readonly email: string
  readonly password: string
}

/** As the child that holds it tells it. */
export const toSite = ({ issuer, email, password }: Figures): Site => ({
  issuer: String(issuer),
  email: String(email),
  password: String(password),
})

export async function benchPages(program: string, site: Site): Promise<BenchResult[]> {
  const browser = await chromium.launch({ executablePath: program, args: CHROMIUM_FLAGS })
  try {
    return [...(await benchSignIn(browser, site)), ...(await benchRoutes(browser, site))]
  } finally {
    await browser.close()
  }
}

async function benchSignIn(browser: Browser, site: Site): Promise<BenchResult[]> {
  const plain = await load(browser, site, false)
  const slow = await load(browser, site, true)
  return [
    toLimit('hosted sign-in page: transferred', 'bytes', plain.bytes, BYTES_MAX),
    toLimit('hosted sign-in page: usable', 'ms', plain.usableMs, USABLE_MS_MAX),
    toLimit('hosted sign-in page: usable on fast 3G with a CPU slowed 4×', 'ms', slow.usableMs, SLOW_MS_MAX),
  ]
}

/** Medians of several loads, each with an empty cache: everything that came over the wire, until somebody can type. */
async function load(
  browser: Browser,
  { issuer }: Site,
  isSlow: boolean,
): Promise<{ bytes: number; usableMs: number }> {
  const bytes: number[] = []
  const times: number[] = []
  for (let count = 0; count < LOADS; count += 1) {
    const context = await browser.newContext({ locale: 'en-GB' })
    const page = await context.newPage()
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    if (isSlow) await slowDown(devtools)
    let transferred = 0
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
      transferred += encodedDataLength
    })
    await page.goto(`${issuer}/oauth/authorize?${authorization}`, { waitUntil: 'load' })
    await page.getByLabel('E-mail address').fill('x')
    times.push(await page.evaluate<number>(USABLE))
    bytes.push(transferred)
    await context.close()
  }
  return { bytes: median(bytes), usableMs: median(times) }
}

const authorization = new URLSearchParams({
  response_type: 'code',
  client_id: 'app',
  redirect_uri: 'https://app.example.com/callback',
  scope: 'openid',
  state: 'a-state',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
})

/** From the first byte that was asked for, redirects included, until it is drawn and its scripts have run. */
const USABLE = `(() => {
  const [navigation] = performance.getEntriesByType('navigation')
  const [paint] = performance.getEntriesByName('first-contentful-paint')
  return Math.max(navigation.domContentLoadedEventEnd, paint?.startTime ?? 0)
})()`

async function slowDown(devtools: CDPSession): Promise<void> {
  await devtools.send('Network.emulateNetworkConditions', FAST_3G)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWED })
}

const ROUTES = [
  'People',
  'Service accounts',
  'OAuth clients',
  'API keys',
  'Audit log',
  'Risk',
  'Settings',
  'Overview',
]

async function benchRoutes(browser: Browser, site: Site): Promise<BenchResult[]> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
  const page = await context.newPage()
  await signIn(page, site)
  await page.getByText('Verifiers').first().waitFor()
  // As long as a person looks at the first page; what is loaded ahead comes in this time.
  await page.waitForTimeout(LOOKED_MS)
  const devtools = await context.newCDPSession(page)
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const visits = new Map<string, Visit[]>(ROUTES.map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of ROUTES) visits.get(name)?.push(await visit(page, devtools, name))
  }
  await context.close()
  const first = [...visits.values()].flatMap(([one]) => (one === undefined ? [] : [one]))
  const slowest = (what: keyof Visit): number =>
    Math.max(...[...visits.values()].map(([, ...later]) => median(later.map((one) => one[what]))))
  const middle = (what: keyof Visit): number => median(first.map((one) => one[what]))
  return [
    toLimit('console: first change to a page, the middle one', 'ms', middle('wallMs'), ROUTE_MS_MAX),
    toLimit('… work of the page’s own thread', 'ms', middle('busyMs'), ROUTE_MS_MAX),
    toLimit('console: change to a page, the slowest of their medians', 'ms', slowest('wallMs'), ROUTE_MS_MAX),
    toLimit('… work of the page’s own thread', 'ms', slowest('busyMs'), ROUTE_MS_MAX),
  ]
}

/** As a person does, up to the overview. */
export async function signIn(page: Page, { issuer, email, password }: Site): Promise<void> {
  await page.goto(`${issuer}/console`)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

interface Visit {
  readonly wallMs: number
  /** What the page's main thread has worked, whatever else the machine had to do meanwhile. */
  readonly busyMs: number
}

async function visit(page: Page, devtools: CDPSession, name: string): Promise<Visit> {
  const before = await busyMs(devtools)
  const wallMs = await change(page, name)
  return { wallMs, busyMs: (await busyMs(devtools)) - before }
}

async function busyMs(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000
}

/** Until the heading is the page's own, nothing stands for what is on the way, and that has been drawn. */
const change = (page: Page, name: string): Promise<number> =>
  page.evaluate<number>(`(${CHANGE})(${JSON.stringify(name)})`)

/** Runs in the page, where frames are counted; as text, since this program has no document. */
const CHANGE = `(wanted) => {
  const link = [...document.querySelectorAll('nav a')].find((one) => one.textContent.trim() === wanted)
  return new Promise((resolve) => {
    const started = performance.now()
    const isThere = () =>
      document.querySelector('[data-skeleton]') === null &&
      document.querySelector('main h1') !== null && link.getAttribute('aria-current') === 'page'
    const look = () => {
      if (!isThere()) return requestAnimationFrame(look)
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started)))
    }
    link.click()
    requestAnimationFrame(look)
  })
}`
