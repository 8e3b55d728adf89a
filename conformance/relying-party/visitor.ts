/** Somebody who signs in to an app of another program: one browser, for the app's cookies and for the authority's. */
import assert from 'node:assert/strict'
import { Browser } from '../browser.ts'
import type { Given } from '../given.ts'

export interface AppAnswer {
  readonly status: number
  readonly location: URL | null
  /** As it came, for messages. */
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

/** What somebody does, other than signing in and allowing. */
export interface Detour {
  readonly decision?: 'allow' | 'deny'
  /** Changes the address that the app sends the browser to. */
  readonly request?: (url: URL) => void
  /** Changes the address that the authority sends it back to. */
  readonly answer?: (url: URL) => void
}

export class Visitor {
  readonly cookies: Map<string, string> = new Map()
  readonly #given: Given
  readonly #app: string
  readonly #email: string

  constructor(given: Given, app: string, email: string) {
    this.#given = given
    this.#app = app
    this.#email = email
  }

  async send(method: 'GET' | 'POST', path: string): Promise<AppAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(path, this.#app), {
      method,
      headers: { cookie },
      redirect: 'manual',
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? assert.fail(line)
      this.cookies.set(name, value)
    }
    const text = await response.text()
    const json: unknown = text === '' || !text.startsWith('{') ? {} : JSON.parse(text)
    assert.ok(typeof json === 'object' && json !== null)
    const location = response.headers.get('location')
    return {
      status: response.status,
      location: location === null ? null : new URL(location),
      text,
      json: { ...json },
    }
  }

  /** What the app keeps in the browser until it comes back. */
  attempt(): { state: string; nonce: string } {
    const [state = '', nonce = ''] = (this.cookies.get('attempt') ?? '').split('.')
    return { state, nonce }
  }

  /** Up to the address that the authority sends the browser back to. */
  async comeBack({ decision = 'allow', request, answer }: Detour = {}): Promise<URL> {
    const { location } = await this.send('GET', '/login')
    assert.ok(location)
    request?.(location)
    const browser = new Browser(this.#given)
    const login = await browser.open(`${location.pathname}${location.search}`)
    const consent = await browser.signIn(login, this.#email)
    const last = /id="consent-allow"/.test(consent.text)
      ? await browser.submit(consent, { decision })
      : consent
    const back = new URL(last.headers.get('location') ?? assert.fail(last.text))
    answer?.(back)
    return back
  }

  /** All of it, and what the app says then. */
  async signIn(detour: Detour = {}): Promise<AppAnswer> {
    const back = await this.comeBack(detour)
    return this.send('GET', `${back.pathname}${back.search}`)
  }
}

export function assertRefused(answer: AppAnswer, status: number, words: RegExp): void {
  assert.equal(answer.status, status, answer.text)
  assert.match(String(answer.json.error), words)
}
