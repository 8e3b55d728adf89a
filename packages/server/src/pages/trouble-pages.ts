/** The pages for what is wrong with the service itself, or with the address that somebody opened. No script needed. */
import { html } from 'hono/html'
import { layout } from './layout.ts'
import type { Look } from './look.ts'
import type { Trouble } from './words/troubles.ts'

export function troublePage({ name, words, scheme }: Look, trouble: Exclude<Trouble, 'notFound'>): string {
  const { title, about, advice } = words.trouble[trouble]
  const content = html`
<p id="oauth-error" role="alert">${about}</p>
<p>${advice}</p>`
  return layout(title, content, { name, language: words.language, scheme })
}

export function notFoundPage({ name, words, scheme }: Look): string {
  const { title, about, advice } = words.trouble.notFound
  const content = html`
<p id="not-found">${about}</p>
<p>${advice}</p>
<p class="below"><a id="to-account" href="/account">${words.trouble.toAccount}</a></p>`
  return layout(title, content, { name, language: words.language, scheme })
}
