/**
 * The pages between an app and its user: consent, and what went wrong. They work without JavaScript. The ids of their
 * elements are a contract for automation.
 */
import { type Client, isVouchedFor } from '@countersign/core'
import { html } from 'hono/html'
import { clientName } from './client-name.ts'
import { type FormParts, hidden } from './form-parts.ts'
import { layout } from './layout.ts'
import type { Look } from './look.ts'

type Html = ReturnType<typeof html>

export interface ConsentPage {
  readonly form: FormParts
  readonly client: Client
  readonly email: string | null
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
  /** Where the browser goes next. */
  readonly returnsTo: string
  /** Of an app that nobody has looked at: where it says that it is. */
  readonly host: string
}

/** ASVS 10.7.2: who asks, for what, where it is good, and for how long. */
export function consentPage({ name, words, scheme }: Look, page: ConsentPage): string {
  const { client, email, scopes, audiences, returnsTo } = page
  const { consent, language } = words
  const isOffline = scopes.includes('offline_access')
  const logo = logoOf(client)
  const content = html`
<div class="app">
${logo === null ? '' : html`<img id="client-logo" src="${logo}" alt="" width="56" height="56">`}
<p>${clientName(client, words)} ${consent.asks}</p>
</div>
${isVouchedFor(client) ? '' : html`<p id="consent-warning" class="warning">${consent.uncheckedAbout} <strong id="consent-host">${page.host}</strong></p>`}
${client.registration === 'document' ? html`<p class="account">${consent.describedAt} <strong id="consent-document">${new URL(client.id).host}</strong></p>` : ''}
${email === null ? '' : html`<p class="account">${consent.you} <span id="consent-account">${email}</span></p>`}
<ul id="consent-scopes" class="scopes">${scopes.map((scope) => toScope(scope, consent.scopes))}</ul>
<form id="consent-form" method="post" action="/consent">
${hidden(page.form)}
<div class="choice">
<button id="consent-allow" type="submit" name="decision" value="allow">${consent.allow}</button>
<button id="consent-deny" class="quiet" type="submit" name="decision" value="deny">${consent.deny}</button>
</div>
</form>
<dl>
<dt>${consent.where}</dt><dd>${audiences.map((audience) => html`<code>${audience}</code> `)}</dd>
<dt>${consent.howLong}</dt><dd>${isOffline ? consent.offline : consent.online}</dd>
<dt>${consent.returns}</dt><dd><code id="consent-return">${returnsTo}</code></dd>
</dl>
${links(client, consent)}`
  return layout(consent.title, content, { name, language, scheme })
}

/** A picture is what people know an app by; one that nobody has looked at could wear anybody's. */
export const logoOf = (client: Client): string | null => (isVouchedFor(client) ? client.logoUri : null)

/** What it means, and its name, which the people who wrote the app know it by. */
export function toScope(scope: string, meanings: Readonly<Record<string, string>>): Html {
  const meaning = meanings[scope]
  return meaning === undefined ? html`<li>${scope}</li>` : html`<li>${meaning} <code>${scope}</code></li>`
}

function links({ policyUri, tosUri }: Client, { policy, terms }: Look['words']['consent']): Html | '' {
  if (policyUri === null && tosUri === null) return ''
  return html`<p class="below">${policyUri === null ? '' : html`<a id="client-policy" href="${policyUri}" rel="noreferrer">${policy}</a> `}
${tosUri === null ? '' : html`<a id="client-tos" href="${tosUri}" rel="noreferrer">${terms}</a>`}</p>`
}

/** A mistake in the request that brought somebody here: nobody is sent on (RFC 9700 §4.11). */
export function oauthErrorPage(
  { name, words, scheme }: Look,
  parameter: string | null,
  message: string,
  advice: string = words.mistake.advice,
): string {
  const { mistake, language } = words
  const content = html`
<p id="oauth-error" role="alert">${parameter === null ? '' : html`<code>${parameter}</code>: `}${message}</p>
<p class="below">${advice}</p>`
  return layout(mistake.title, content, { name, language, scheme })
}

/** RFC 6749 has no word for it; OAuth 2.0 Form Post Response Mode §2. The button is for browsers without scripts. */
export function formPostPage(
  { name, words, scheme }: Look,
  action: string,
  fields: readonly (readonly [string, string])[],
): string {
  const { formPost, language } = words
  const content = html`
<form id="form-post" method="post" action="${action}">
${fields.map(([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`)}
<button type="submit">${formPost.submit}</button>
</form>`
  return layout(formPost.title, content, { name, language, scheme, scripts: ['/assets/form-post.js'] })
}

export const formPostScript = `document.getElementById('form-post').submit()\n`
