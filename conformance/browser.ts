/** A browser without scripts: it keeps cookies, follows what it is told, and fills in the forms of our pages. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { type Answer, type Given, PASSWORD } from './given.ts'

export interface Pkce {
  readonly verifier: string
  readonly challenge: string
}

export function makePkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

export class Browser {
  readonly cookies: Map<string, string> = new Map()
  readonly #given: Given

  constructor(given: Given) {
    this.#given = given
  }

  async send(method: string, path: string, form?: Record<string, string>, headers = {}): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await this.#given.send(method, path, {
      ...(form && { form }),
      headers: { ...(cookie !== '' && { cookie }), ...headers },
    })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return answer
  }

  /** Follows redirects for as long as they stay here. */
  async follow(answer: Answer): Promise<Answer> {
    const location = answer.headers.get('location')
    if (location === null || !location.startsWith('/')) return answer
    return this.follow(await this.send('GET', location))
  }

  async open(path: string): Promise<Answer> {
    return this.follow(await this.send('GET', path))
  }

  /** Sends the one form of a page, with what stands in it and what somebody typed. */
  async submit(page: Answer, typed: Record<string, string>, headers = {}): Promise<Answer> {
    const action = /<form[^>]* action="([^"]*)"/.exec(page.text)?.[1] ?? assert.fail(page.text)
    return this.follow(await this.send('POST', action, { ...hiddenOf(page), ...typed }, headers))
  }

  async signIn(page: Answer, email: string, password: string = PASSWORD): Promise<Answer> {
    assert.match(page.text, /id="login-identifier"[\s\S]*id="login-password"[\s\S]*id="login-submit"/)
    return this.submit(page, { identifier: email, password })
  }
}

export function hiddenOf({ text }: Answer): Record<string, string> {
  const fields = text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, decode(value)]))
}

const decode = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

/** The parameters with which a client was answered; fails where the browser was not sent to it. */
export function returned(answer: Answer, redirectUri: string): URLSearchParams {
  const location = answer.headers.get('location') ?? ''
  assert.ok(
    answer.status === 303 && location.startsWith(redirectUri),
    `${answer.status} ${location} ${answer.text}`,
  )
  return new URL(location).searchParams
}
