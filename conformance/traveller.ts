/** Somebody’s browser between an app of other people’s making and the authority: it keeps the cookies of each, and follows where it is sent. */
import assert from 'node:assert/strict'
import { type IncomingMessage, request } from 'node:http'
import { hiddenOf } from './browser.ts'
import { type Answer, type Form, PASSWORD, toAnswer } from './given.ts'

/** What somebody does on the way, other than signing in and allowing. */
export interface Detour {
  readonly decision?: 'allow' | 'deny'
  /** Changes the address that the app sends the browser to. */
  readonly request?: (url: URL) => void
  /** Changes the address that the authority sends the browser back to. */
  readonly answer?: (url: URL) => void
}

/** A change of an address, for a detour. */
export function change(name: string, value: string): (url: URL) => void {
  return ({ searchParams }) => searchParams.set(name, value)
}

/** What the browser shows in the end, and where. */
export interface Arrival extends Answer {
  readonly url: URL
}

const REDIRECTS_MAX = 20

export class Traveller {
  readonly #authority: string
  readonly #email: string
  readonly #jars: Map<string, Map<string, string>> = new Map()

  constructor(authority: string, email: string) {
    this.#authority = new URL(authority).origin
    this.#email = email
  }

  /** The cookies that a site has set. */
  cookiesOf(url: string): Map<string, string> {
    const { origin } = new URL(url)
    const jar = this.#jars.get(origin) ?? new Map<string, string>()
    this.#jars.set(origin, jar)
    return jar
  }

  /** One request, and no redirect followed. */
  async send(url: URL, form?: Form, headers: Record<string, string> = {}): Promise<Arrival> {
    const cookie = [...this.cookiesOf(url.origin)].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await navigate(url, { ...headers, ...(cookie !== '' && { cookie }) }, form)
    for (const line of answer.headers.getSetCookie()) this.#keep(url, line)
    return { ...answer, url }
  }

  /** Opens an address, or sends a form to it, and does all that it takes until the app shows something. */
  async visit(start: string, { form, ...detour }: Detour & { form?: Form } = {}): Promise<Arrival> {
    let arrival = await this.send(new URL(start), form)
    for (let count = 0; count < REDIRECTS_MAX; count += 1) {
      const next = this.#nextOf(arrival, detour)
      if (next === null) return arrival
      arrival = await this.send(next.url, next.form)
    }
    return assert.fail(`It goes on and on, last to ${arrival.url.pathname}.`)
  }

  #keep(url: URL, line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? assert.fail(line)
    const isGone = value === '' || /;\s*max-age=0/i.test(line) || /;\s*expires=[^;]*\b1970\b/i.test(line)
    if (isGone) this.cookiesOf(url.origin).delete(name)
    else this.cookiesOf(url.origin).set(name, value)
  }

  #nextOf(arrival: Arrival, detour: Detour): { url: URL; form?: Record<string, string> } | null {
    const location = arrival.headers.get('location')
    if (location !== null) return { url: this.#redirect(arrival.url, new URL(location, arrival.url), detour) }
    if (arrival.url.origin !== this.#authority) return null
    const typed = this.#answerTo(arrival.text, detour)
    if (typed === null) return null
    const action = /<form[^>]* action="([^"]*)"/.exec(arrival.text)?.[1] ?? assert.fail(arrival.text)
    return { url: new URL(action, arrival.url), form: { ...hiddenOf(arrival), ...typed } }
  }

  #redirect(from: URL, to: URL, { request, answer }: Detour): URL {
    if (to.origin === from.origin) return to
    if (from.origin === this.#authority) answer?.(to)
    else request?.(to)
    return to
  }

  /** What somebody types into the authority’s pages on the way to an app. */
  #answerTo(page: string, { decision = 'allow' }: Detour): Record<string, string> | null {
    if (page.includes('id="login-password"')) return { identifier: this.#email, password: PASSWORD }
    if (page.includes('id="consent-allow"')) return { decision }
    return page.includes('id="logout-confirm"') ? {} : null
  }
}

/**
 * One request as browsers make it for a page. `fetch` always says that a script asks (`Sec-Fetch-Mode: cors`), and
 * whoever asks so is refused by some sites in place of being sent to sign in.
 */
async function navigate(url: URL, headers: Record<string, string>, form?: Form): Promise<Answer> {
  const page = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  const posted = { 'content-type': 'application/x-www-form-urlencoded', origin: url.origin }
  const sent = request(url, {
    method: form ? 'POST' : 'GET',
    headers: { ...page, ...(form && posted), ...headers },
    agent: false,
    // What a site sends behind the end of its answer is passed over, as browsers do.
    insecureHTTPParser: true,
  }).end(form && new URLSearchParams(form).toString())
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve).on('error', reject)
  })
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  const received = new Headers()
  for (const [name, values] of Object.entries(response.headersDistinct))
    for (const value of values ?? []) received.append(name, value)
  return toAnswer(response.statusCode ?? 0, received, Buffer.concat(chunks).toString())
}
