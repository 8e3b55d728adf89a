/**
 * The pages that people see while they sign in: the password, the second factor, and what has to be done elsewhere.
 * They work without JavaScript. The ids of their elements are a contract for automation.
 */
import type { FactorWay } from '@countersign/core'
import { html } from 'hono/html'
import { type FormParts, hidden, toQuery } from './form-parts.ts'
import { layout } from './layout.ts'
import type { Look } from './look.ts'
import { WAIT_SCRIPT } from './wait-script.ts'

type Html = ReturnType<typeof html>

const alert = (message: string | null): Html => html`<p role="alert" id="login-error">${message ?? ''}</p>`

export interface LoginPage {
  readonly form: FormParts
  /** What it is for; null where somebody signs in for no app. */
  readonly clientName: string | null
  readonly identifier: string
  readonly message: string | null
  /** How long the button stays shut; null where it is open. */
  readonly waitSeconds: number | null
  /** Where there are such pages. */
  readonly canReset: boolean
  readonly canSignUp: boolean
}

export function loginPage(look: Look, page: LoginPage): string {
  const { form, clientName, identifier, message, waitSeconds } = page
  const { words } = look
  const isWrong = message !== null
  const content = html`
${clientName === null ? '' : html`<p>${words.login.toContinueTo} <strong id="client-name">${clientName}</strong></p>`}
${alert(message)}
<form id="login-form" method="post" action="/login">
${hidden(form)}
<label for="login-identifier">${words.email}</label>
<input id="login-identifier" name="identifier" type="email" value="${identifier}" autocomplete="username" required ${isWrong ? '' : 'autofocus'}>
<label for="login-password">${words.password}</label>
<input id="login-password" name="password" type="password" autocomplete="current-password" required ${isWrong ? html`autofocus aria-describedby="login-error"` : ''}>
<button id="login-submit" type="submit"${waitSeconds === null ? '' : html` data-wait="${waitSeconds}" data-waiting="${words.waiting}"`}>${words.login.submit}</button>
</form>
${below(look, page)}`
  const scripts = waitSeconds === null ? [] : [WAIT_SCRIPT]
  return layout(words.login.title, content, { name: look.name, language: words.language, scripts })
}

function below({ words }: Look, { form, canReset, canSignUp }: LoginPage): Html | '' {
  if (!canReset && !canSignUp) return ''
  const query = toQuery(form.interaction)
  const { forgot, noAccount, signUp } = words.login
  return html`<p class="below">${canReset ? html`<span><a id="login-forgot" href="/forgot-password${query}">${forgot}</a></span>` : ''}
${canSignUp ? html`<span>${noAccount} <a id="login-sign-up" href="/sign-up${query}">${signUp}</a></span>` : ''}</p>`
}

export interface FactorPage {
  readonly form: FormParts
  readonly ticket: string
  readonly ways: readonly FactorWay[]
  readonly message: string | null
}

export function factorPage({ name, words }: Look, { form, ticket, ways, message }: FactorPage): string {
  const { factor, language } = words
  const content = html`
<p>${ways.includes('recovery_code') ? factor.appOrRecovery : factor.app}</p>
${alert(message)}
<form id="factor-form" method="post" action="/login/factor">
${hidden(form)}
<input type="hidden" name="ticket" value="${ticket}">
<input type="hidden" name="ways" value="${ways.join(' ')}">
<label for="login-code">${factor.code}</label>
<input id="login-code" name="code" autocomplete="one-time-code" inputmode="text" required autofocus>
<button id="login-submit" type="submit">${factor.submit}</button>
</form>`
  return layout(factor.title, content, { name, language })
}

/** For what needs a script: the page that has one. The session that it opens is the one that is asked for here. */
export function elsewherePage({ name, words }: Look, message: string): string {
  const { elsewhere, language } = words
  const content = html`
<p role="alert" id="login-error">${message}</p>
<p class="below"><a id="login-elsewhere" href="/sign-in">${elsewhere.link}</a>, ${elsewhere.afterwards}</p>`
  return layout(elsewhere.title, content, { name, language })
}
