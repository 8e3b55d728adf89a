/**
 * The page behind "This wasn't me". Opening it does nothing: programs that look links up before a person does must
 * use nothing up. It works without a script, and what the link ends with goes on in the form.
 */
import { html } from 'hono/html'
import { layout } from './layout.ts'
import type { Look } from './look.ts'
import type { Words } from './words/words.ts'

export function notMePage({ name, words, scheme }: Look, ticket: string): string {
  const { title, about, effects, submit, otherwise } = words.notMe
  const content = html`
<p>${about}</p>
<ul>${effects.map((effect) => html`<li>${effect}</li>`)}</ul>
<form id="not-me-form" method="post" action="/not-me">
<input type="hidden" name="ticket" value="${ticket}">
<button id="not-me-submit" type="submit">${submit}</button>
</form>
<p class="below">${otherwise}</p>`
  return layout(title, content, { name, language: words.language, scheme })
}

/** `next`: what the owner does now. */
export function notMeDonePage({ name, words, scheme }: Look, next: 'check_mail' | 'change_password'): string {
  const { doneTitle, done, checkMail, changePassword } = words.notMe
  const content = html`
<p role="status" id="not-me-done">${done}</p>
<p>${next === 'check_mail' ? checkMail : changePassword}</p>
${next === 'check_mail' ? '' : html`<p class="below">${toSignIn(words)}</p>`}`
  return layout(doneTitle, content, { name, language: words.language, scheme })
}

export function notMeOverPage({ name, words, scheme }: Look): string {
  const { overTitle, over, overAdvice } = words.notMe
  const content = html`
<p role="alert" id="not-me-error">${over}</p>
<p>${overAdvice}</p>
<p class="below"><span><a id="to-reset" href="/forgot-password">${words.notMe.toReset}</a></span>
<span>${toSignIn(words)}</span></p>`
  return layout(overTitle, content, { name, language: words.language, scheme })
}

const toSignIn = ({ notMe }: Words): ReturnType<typeof html> =>
  html`<a id="to-sign-in" href="/sign-in">${notMe.toSignIn}</a>`
