/** A browser that goes through sign-in and consent once, so that both sides are measured with somebody who has. */

export interface Visit {
  readonly url: URL
  readonly text: string
}

export class Browser {
  readonly #cookies = new Map<string, string>()
  readonly #origin: string

  constructor(origin: string) {
    this.#origin = origin
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Follows redirects until they lead elsewhere. Throws where an answer is none of a page. */
  async visit(path: string, form?: Readonly<Record<string, string>>): Promise<Visit> {
    let url = new URL(path, this.#origin)
    let body = form === undefined ? undefined : new URLSearchParams(form)
    for (let hops = 0; hops < 20 && url.origin === this.#origin; hops += 1) {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: this.cookie, origin: this.#origin },
        ...(body && { method: 'POST', body }),
      })
      this.#keep(response.headers)
      const location = response.headers.get('location')
      if (location === null) {
        if (!response.ok) throw new Error(`${url.pathname} was answered ${response.status}.`)
        return { url, text: await response.text() }
      }
      url = new URL(location, url)
      body = undefined
    }
    return { url, text: '' }
  }

  #keep(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
  }
}

/** What a page's form carries unseen. */
export const hiddenOf = ({ text }: Visit): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
      ([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')],
    ),
  )
