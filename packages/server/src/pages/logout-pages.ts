/** The pages on which people sign out at the wish of an app. Without JavaScript; the ids are a contract for automation. */
import { html } from 'hono/html'
import { layout } from './layout.ts'
import type { Look } from './look.ts'

export interface LogOutPage {
  readonly request: string
  readonly csrf: string
  /** Who asks for it, if anybody; whoever sends a browser here can name any app. */
  readonly clientName: string | null
  readonly email: string | null
}

export function logOutPage(
  { name, words, scheme }: Look,
  { request, csrf, clientName, email }: LogOutPage,
): string {
  const { logOut, language } = words
  const content = html`
${clientName === null ? '' : html`<p><strong id="client-name">${clientName}</strong> ${logOut.asks}</p>`}
${email === null ? '' : html`<p class="account">${logOut.as} <span id="logout-account">${email}</span></p>`}
<p>${logOut.about}</p>
<form id="logout-form" method="post" action="/logout/confirm">
<input type="hidden" name="request" value="${request}">
<input type="hidden" name="csrf" value="${csrf}">
<button id="logout-confirm" type="submit">${logOut.submit}</button>
</form>
<p class="below"><a id="logout-cancel" href="/account">${logOut.cancel}</a></p>`
  return layout(logOut.title, content, { name, language, scheme })
}

export function loggedOutPage({ name, words, scheme }: Look): string {
  const { logOut, login, language } = words
  const content = html`<p id="logged-out" role="status">${logOut.done}</p>
<p class="below"><a id="sign-in-again" href="/sign-in">${login.submit}</a></p>`
  return layout(logOut.doneTitle, content, { name, language, scheme })
}
