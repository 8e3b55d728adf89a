/**
 * The pages that people see while they sign in: the password, the second factor,
 * another password, and a first factor.
 * They work without JavaScript. The ids of their elements are a contract for automation.
 */
import type { Client, FactorWay } from '@countersign/core'
import { html, raw } from 'hono/html'
import type { ProviderName } from '../providers/ports.ts'
import { clientName } from './client-name.ts'
import { type FormParts, hidden, toQuery } from './form-parts.ts'
import { layout } from './layout.ts'
import type { Look } from './look.ts'
import { PASSKEY_SCRIPT } from './passkey-script.ts'
import { providerLinks } from './provider-links.ts'
import { WAIT_SCRIPT } from './wait-script.ts'

type Html = ReturnType<typeof html>

const alert = (message: string | null): Html => html`<p role="alert" id="login-error">${message ?? ''}</p>`

export interface LoginPage {
  readonly form: FormParts
  /** What it is for; null where somebody signs in for no app. */
  readonly client: Client | null
  readonly identifier: string
  readonly message: string | null
  /** What went well before; null where there is nothing to tell. */
  readonly notice: string | null
  /** How long the button stays shut; null where it is open. */
  readonly waitSeconds: number | null
  /** Where there are such pages. */
  readonly canReset: boolean
  readonly canSignUp: boolean
  readonly providers: readonly ProviderName[]
}

export function loginPage(look: Look, page: LoginPage): string {
  const { form, client, identifier, message, notice, waitSeconds } = page
  const { words } = look
  const isWrong = message !== null
  // Of somebody whose passkey was refused no address is known.
  const isKnown = isWrong && identifier !== ''
  const content = html`
${client === null ? '' : html`<p>${words.login.toContinueTo} ${clientName(client, words)}</p>`}
${notice === null ? '' : html`<p role="status" id="login-notice">${notice}</p>`}
${alert(message)}
<form id="login-form" method="post" action="/login">
${hidden(form)}
<label for="login-identifier">${words.email}</label>
<input id="login-identifier" name="identifier" type="email" value="${identifier}" autocomplete="username webauthn" required ${isKnown ? '' : 'autofocus'}>
<label for="login-password">${words.password}</label>
<input id="login-password" name="password" type="password" autocomplete="current-password" required ${isKnown ? 'autofocus' : ''} ${isWrong ? html`aria-describedby="login-error"` : ''}>
<button id="login-submit" type="submit"${waitSeconds === null ? '' : html` data-wait="${waitSeconds}" data-waiting="${words.waiting}"`}>${words.login.submit}</button>
</form>
<form id="passkey-form" method="post" action="/login/passkey" hidden data-failed="${words.said.passkey_failed}" data-passkey="offer" data-options="/v1/sign-in/passkey/options">
${hidden(form)}
<input type="hidden" name="credential" value="">
<button id="passkey-submit" class="quiet" type="submit">${words.factor.usePasskey}</button>
</form>
${providerLinks(words, form, page.providers)}
${below(look, page)}`
  const scripts = [PASSKEY_SCRIPT, ...(waitSeconds === null ? [] : [WAIT_SCRIPT])]
  return layout(words.login.title, content, {
    name: look.name,
    language: words.language,
    scheme: look.scheme,
    scripts,
  })
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
  /** For how many days a browser may be spared the code, for those who tick the box; 0 where there is no box. */
  readonly trustDays?: number
}

export function factorPage(look: Look, page: FactorPage): string {
  const { factor, language } = look.words
  const { ways, message } = page
  const withPasskey = ways.includes('passkey')
  const options = '/v1/sign-in/factor/passkey/options'
  const asking = { verb: 'get', options, about: factor.passkey } as const
  // A recovery code is for whoever has lost the passkey, and each is good once.
  const isPasskeyFirst = withPasskey && !ways.includes('totp')
  const passkey = withPasskey ? passkeyForm(look, page, asking, isPasskeyFirst) : ''
  const codes = ways.some((way) => way !== 'passkey') ? codeForm(look, page, isPasskeyFirst) : ''
  const content = html`
${alert(message)}
${isPasskeyFirst ? [passkey, codes] : [codes, passkey]}`
  const scripts = withPasskey ? [PASSKEY_SCRIPT] : []
  return layout(factor.title, content, { name: look.name, language, scheme: look.scheme, scripts })
}

/** `isSecond`: below another way, which most people go. */
function codeForm(look: Look, page: FactorPage, isSecond: boolean): Html {
  const { factor } = look.words
  const { form, ticket, ways, trustDays = 0 } = page
  const focus = isSecond ? '' : 'autofocus'
  return html`<form id="factor-form" method="post" action="/login/factor">
<p>${aboutCodes(look, ways)}</p>
${hidden(form)}
<input type="hidden" name="ticket" value="${ticket}">
<input type="hidden" name="ways" value="${ways.join(' ')}">
<label for="login-code">${factor.code}</label>
<input id="login-code" name="code" autocomplete="one-time-code" inputmode="text" required ${focus}>
${trustDays > 0 && ways.includes('totp') ? html`<label class="check" for="login-trust"><input id="login-trust" name="trust_device" type="checkbox" value="yes"> ${factor.trust(trustDays)}</label>` : ''}
<button id="login-submit"${isSecond ? html` class="quiet"` : ''} type="submit">${factor.submit}</button>
</form>`
}

function aboutCodes({ words }: Look, ways: readonly FactorWay[]): string {
  if (!ways.includes('totp')) return words.factor.recovery
  return ways.includes('recovery_code') ? words.factor.appOrRecovery : words.factor.app
}

interface PasskeyAsking {
  readonly verb: 'get' | 'create'
  /** Where the options come from, for this ticket. */
  readonly options: string
  readonly about: string
  readonly button?: string
}

/** Shown by the script; without one there is a word of why it is missing. */
function passkeyForm(
  { words }: Look,
  { form, ticket, ways }: Omit<FactorPage, 'message'>,
  asking: PasskeyAsking,
  isFirst: boolean,
): Html {
  // One button of a page is the one that most people press.
  const look = isFirst ? '' : html` class="quiet"`
  return html`<form id="passkey-form" method="post" action="/login/factor" hidden data-failed="${words.said.passkey_failed}" data-passkey="${asking.verb}" data-options="${asking.options}" data-ticket="${ticket}">
${hidden(form)}
<input type="hidden" name="ticket" value="${ticket}">
<input type="hidden" name="ways" value="${ways.join(' ')}">
<input type="hidden" name="credential" value="">
${asking.about === '' ? '' : html`<p>${asking.about}</p>`}
<button id="passkey-submit"${look} type="submit">${asking.button ?? words.factor.usePasskey}</button>
</form>
<noscript><p>${words.factor.noScript}</p></noscript>`
}

export interface EnrolPage extends FactorPage {
  /** The same until its first code was right; null where it is not one of the ways. */
  readonly offer: { readonly secret: string; readonly qrSvg: string } | null
}

export function enrolPage(look: Look, page: EnrolPage): string {
  const { enrol, language } = look.words
  const { form, ticket, ways, message, offer } = page
  const withPasskey = ways.includes('passkey')
  const asking = {
    verb: 'create',
    options: '/v1/sign-in/factors/passkey/options',
    about: '',
    button: enrol.usePasskey,
  } as const
  const content = html`
<p>${enrol.about}</p>
${alert(message)}
${
  ways.includes('totp')
    ? html`${
        offer === null
          ? ''
          : html`<p>${enrol.scan}</p>
<figure class="qr" role="img" aria-label="${enrol.qr}">${raw(offer.qrSvg)}</figure>
<p>${enrol.key}: <code id="enrol-key">${inGroups(offer.secret)}</code></p>`
      }
<form id="enrol-form" method="post" action="/login/factor">
${hidden(form)}
<input type="hidden" name="ticket" value="${ticket}">
<input type="hidden" name="ways" value="${ways.join(' ')}">
<input type="hidden" name="step" value="enrol">
<label for="login-code">${enrol.code}</label>
<input id="login-code" name="code" autocomplete="one-time-code" inputmode="numeric" required>
<button id="login-submit" type="submit">${enrol.submit}</button>
</form>`
    : ''
}
${withPasskey ? passkeyForm(look, page, asking, !ways.includes('totp')) : ''}`
  const scripts = withPasskey ? [PASSKEY_SCRIPT] : []
  return layout(enrol.title, content, { name: look.name, language, scheme: look.scheme, scripts })
}

/** Four letters at a time are what a person can carry from one screen to another. */
const inGroups = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, '$1 ')

/** `goOn`: where the person comes from here. */
export function codesPage({ name, words, scheme }: Look, codes: readonly string[], goOn: string): string {
  const content = html`
<p>${words.codes.about}</p>
<ol id="recovery-codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ol>
<a id="codes-kept" href="${goOn}" class="button">${words.codes.goOn}</a>`
  return layout(words.codes.title, content, { name, language: words.language, scheme })
}

export interface NewPasswordPage {
  readonly form: FormParts
  readonly ticket: string
  readonly isBreached: boolean
  readonly message: string | null
  readonly passwordLengthMin: number
}

export function newPasswordPage({ name, words, scheme }: Look, page: NewPasswordPage): string {
  const { form, ticket, isBreached, message, passwordLengthMin } = page
  const { newPassword, link, language } = words
  const content = html`
<p>${isBreached ? newPassword.breached : newPassword.about}</p>
${alert(message)}
<form id="new-password-form" method="post" action="/login/password">
${hidden(form)}
<input type="hidden" name="ticket" value="${ticket}">
<input type="hidden" name="breached" value="${isBreached ? 'yes' : ''}">
<label for="new-password">${link.newPassword}</label>
<input id="new-password" name="password" type="password" autocomplete="new-password" required autofocus aria-describedby="new-password-hint">
<p class="hint" id="new-password-hint">${link.passwordHint(passwordLengthMin)}</p>
<button id="login-submit" type="submit">${newPassword.submit}</button>
</form>`
  return layout(newPassword.title, content, { name, language, scheme })
}
