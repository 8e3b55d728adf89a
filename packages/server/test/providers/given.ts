/** A service that people sign in with beside the authority, and a browser on its way between the two. */
import assert from 'node:assert/strict'
import { type FakeProvider, startFakeProvider } from '@countersign/tools/fake-provider'
import { createTestClock } from '../clock.ts'
import * as given from '../given.ts'
import { browserOf, type PageBrowser } from '../page-browser.ts'

export interface Federation extends given.Given {
  readonly provider: FakeProvider
  /** Ends both. */
  close(): Promise<void>
}

/** Three services in one: OpenID Connect under two names, and OAuth as GitHub speaks it. */
export const settingOf = ({ issuer, clientId, clientSecret }: FakeProvider): Record<string, string> => ({
  COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8',
  COUNTERSIGN_PROVIDERS: JSON.stringify([
    { kind: 'oidc', id: 'somewhere', name: 'Somewhere', issuer, clientId, clientSecret },
    { kind: 'oidc', id: 'elsewhere', name: 'Elsewhere', issuer, clientId, clientSecret },
    { kind: 'github', id: 'forge', name: 'Forge', url: issuer, clientId, clientSecret },
  ]),
})

export async function openFederation(settings: Record<string, string> = {}): Promise<Federation> {
  // The clock of the authority is made with it; both begin alike, and only differences matter.
  let clock = createTestClock()
  const provider = await startFakeProvider(() => clock.nowMs())
  const all = { ...given.UNLIMITED, ...settingOf(provider), ...settings }
  const opened = await given.openAuthority(all).catch(async (error: unknown) => {
    await provider.close()
    throw error
  })
  clock = opened.given.clock
  const close = async (): Promise<void> => {
    await opened.close()
    await provider.close()
  }
  return Object.assign(opened.given, { provider, close })
}

/** Where the link of a service on a page leads. */
export function linkOf({ text }: given.Answer, id = 'somewhere'): string {
  const [, href] = new RegExp(`id="login-with-${id}" href="([^"]+)"`).exec(text) ?? []
  assert.ok(href !== undefined, text)
  return href.replaceAll('&amp;', '&')
}

/** Goes to the service and comes back to its answer, which is not asked for yet. */
export async function awayAndBack(browser: PageBrowser, path: string): Promise<string> {
  const sent = await browser.ask('GET', path)
  return cameBack(sent.headers.get('location') ?? '')
}

/** What the service sends a browser back with. */
export async function cameBack(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' })
  const location = answer.headers.get('location') ?? ''
  assert.equal(answer.status, 302, await answer.text())
  assert.ok(location.startsWith(given.ISSUER), location)
  return location.slice(given.ISSUER.length)
}

export interface Came {
  readonly browser: PageBrowser
  readonly answer: given.Answer
}

/** The whole way: the sign-in page, the service, and back. */
export async function signInBy(
  { send }: Pick<given.Given, 'send'>,
  id = 'somewhere',
  browser: PageBrowser = browserOf(send),
): Promise<Came> {
  const page = await browser.ask('GET', '/sign-in')
  const answer = await browser.ask('GET', await awayAndBack(browser, linkOf(page, id)))
  return { browser, answer }
}

const SESSION = '__Host-countersign_session'

export const sessionOf = ({ cookies }: PageBrowser): string | null => cookies.get(SESSION) || null

/** The session of a browser as a program presents it: a session token is one, however it was delivered. */
export function bearerOf(browser: PageBrowser): string {
  const session = sessionOf(browser)
  assert.ok(session !== null)
  return session
}

/** What the API says of whoever is signed in in a browser. */
export async function meIn({ send }: Pick<given.Given, 'send'>, browser: PageBrowser): Promise<given.Answer> {
  const answer = await send('GET', '/v1/me', { bearer: bearerOf(browser) })
  assert.equal(answer.status, 200, answer.text)
  return answer
}

export const whoIn = async (to: Pick<given.Given, 'send'>, browser: PageBrowser): Promise<string> =>
  given.at((await meIn(to, browser)).json, 'principal', 'id')
