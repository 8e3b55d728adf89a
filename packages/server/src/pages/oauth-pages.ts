/**
 * The pages that people see while they sign in for an app: sign-in, second factor, consent, and what went wrong.
 * They work without JavaScript. The ids of their elements are a contract for automation.
 */
import type { Client, FactorWay } from '@countersign/core'
import { html } from 'hono/html'
import { layout } from './layout.ts'

type Html = ReturnType<typeof html>

/** What every form carries: the request that it goes on with, and the proof that the page came from here. */
export interface FormParts {
  /** Empty where somebody signs in for no app. */
  readonly interaction: string
  readonly csrf: string
}

const hidden = ({ interaction, csrf }: FormParts): Html => html`
<input type="hidden" name="interaction" value="${interaction}">
<input type="hidden" name="csrf" value="${csrf}">`

const alert = (message: string | null): Html => html`<p role="alert" id="login-error">${message ?? ''}</p>`

export interface LoginPage {
  readonly brand: string
  readonly form: FormParts
  /** What it is for; null where somebody signs in for no app. */
  readonly clientName: string | null
  readonly identifier: string
  readonly message: string | null
}

export function loginPage({ brand, form, clientName, identifier, message }: LoginPage): string {
  const content = html`
${clientName === null ? '' : html`<p>to continue to <strong id="client-name">${clientName}</strong></p>`}
<form id="login-form" method="post" action="/login">
${hidden(form)}
<label for="login-identifier">E-mail address</label>
<input id="login-identifier" name="identifier" type="email" value="${identifier}" autocomplete="username" required autofocus>
<label for="login-password">Password</label>
<input id="login-password" name="password" type="password" autocomplete="current-password" required>
<button id="login-submit" type="submit">Sign in</button>
${alert(message)}
</form>`
  return layout('Sign in', content, { name: brand })
}

export interface FactorPage {
  readonly brand: string
  readonly form: FormParts
  readonly ticket: string
  readonly ways: readonly FactorWay[]
  readonly message: string | null
}

export function factorPage({ brand, form, ticket, ways, message }: FactorPage): string {
  const canRecover = ways.includes('recovery_code')
  const content = html`
<p>Enter the code that your authenticator app shows${canRecover ? ', or one of your recovery codes' : ''}.</p>
<form id="factor-form" method="post" action="/login/factor">
${hidden(form)}
<input type="hidden" name="ticket" value="${ticket}">
<input type="hidden" name="ways" value="${ways.join(' ')}">
<label for="login-code">Code</label>
<input id="login-code" name="code" autocomplete="one-time-code" inputmode="text" required autofocus>
<button id="login-submit" type="submit">Continue</button>
${alert(message)}
</form>`
  return layout('Second step', content, { name: brand })
}

/** For what needs a script: the page that has one. The session that it opens is the one that is asked for here. */
export function elsewherePage(brand: string, message: string): string {
  const content = html`
<p role="alert" id="login-error">${message}</p>
<p><a id="login-elsewhere" href="/sign-in">Sign in there</a>, then go back to the app and begin again.</p>`
  return layout('One more step', content, { name: brand })
}

export interface ConsentPage {
  readonly brand: string
  readonly form: FormParts
  readonly client: Client
  readonly email: string | null
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
  /** Where the browser goes next. */
  readonly returnsTo: string
}

/** ASVS 10.7.2: who asks, for what, where it is good, and for how long. */
export function consentPage(page: ConsentPage): string {
  const { client, email, scopes, audiences, returnsTo } = page
  const isOffline = scopes.includes('offline_access')
  const content = html`
${client.logoUri === null ? '' : html`<img id="client-logo" src="${client.logoUri}" alt="" width="64" height="64">`}
<p><strong id="client-name">${client.name}</strong> asks to act for ${email ?? 'you'}:</p>
<ul id="consent-scopes">${scopes.map((scope) => html`<li><code>${scope}</code> ${toWords(scope)}</li>`)}</ul>
<p>It is good at ${audiences.map((audience) => html`<code>${audience}</code> `)}, ${
    isOffline
      ? 'also while you are signed out, until you take it back or it has not been used for a while.'
      : 'until you sign out.'
  } You go back to <code id="consent-return">${returnsTo}</code>.</p>
<p>${client.policyUri === null ? '' : html`<a id="client-policy" href="${client.policyUri}" rel="noreferrer">Privacy policy</a> `}
${client.tosUri === null ? '' : html`<a id="client-tos" href="${client.tosUri}" rel="noreferrer">Terms of service</a>`}</p>
<form id="consent-form" method="post" action="/consent">
${hidden(page.form)}
<button id="consent-allow" type="submit" name="decision" value="allow">Allow</button>
<button id="consent-deny" class="quiet" type="submit" name="decision" value="deny">Deny</button>
</form>`
  return layout('Allow access?', content, { name: page.brand })
}

const words: Readonly<Record<string, string>> = {
  openid: 'know that it is you',
  profile: 'read your name',
  email: 'read your e-mail address',
  offline_access: 'keep its access while you are signed out',
  '*': 'do everything that you may do',
}

const toWords = (scope: string): string => words[scope] ?? ''

/** A mistake in the request that brought somebody here: nobody is sent on (RFC 9700 §4.11). */
export function oauthErrorPage(parameter: string | null, message: string): string {
  const content = html`
<p id="oauth-error" role="alert">${parameter === null ? '' : html`<code>${parameter}</code>: `}${message}</p>
<p>You were not sent back to the app, since it cannot be known to be the one that it says. Go back to it and try again; if this returns, tell whoever runs it.</p>`
  return layout('This request cannot be answered', content)
}

/** RFC 6749 has no word for it; OAuth 2.0 Form Post Response Mode §2. The button is for browsers without scripts. */
export function formPostPage(action: string, fields: readonly (readonly [string, string])[]): string {
  const content = html`
<form id="form-post" method="post" action="${action}">
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit">Continue</button>
</form>`
  return layout('Going back to the app', content, { script: '/assets/form-post.js' })
}

export const formPostScript = `document.getElementById('form-post').submit()\n`
