/** A browser without scripts: it keeps cookies, follows redirects here, and sends a page's form with what stands in it. */
import type * as given from './given.ts'

export interface PageBrowser {
  readonly cookies: Map<string, string>
  ask(method: string, path: string, form?: Record<string, string>): Promise<given.Answer>
  /** Sends the page's form; what was typed counts before what stood there. */
  submit(page: given.Answer, typed: Record<string, string>): Promise<given.Answer>
}

export function browserOf(send: given.Given['send'], headers: Record<string, string> = {}): PageBrowser {
  const cookies = new Map<string, string>()
  const ask: PageBrowser['ask'] = async (method, path, form) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await send(method, path, { cookie, headers, ...(form && { form }) })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const location = answer.headers.get('location') ?? ''
    return location.startsWith('/') ? ask('GET', location) : answer
  }
  const submit: PageBrowser['submit'] = (page, typed) =>
    ask('POST', /<form[^>]* action="([^"]*)"/.exec(page.text)?.[1] ?? '', { ...hiddenOf(page), ...typed })
  return { cookies, ask, submit }
}

export const hiddenOf = ({ text }: given.Answer): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
      ([, name = '', value = '']) => [name, toText(value)],
    ),
  )

/** As a browser reads an attribute. */
const toText = (markup: string): string =>
  markup
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
