/** The pages beside sign-in: for whoever forgot the password, and for whoever has no account yet. No script needed. */
import { html } from 'hono/html'
import type { ProviderName } from '../providers/ports.ts'
import { type FormParts, hidden, toQuery } from './form-parts.ts'
import { layout } from './layout.ts'
import type { Look } from './look.ts'
import { providerLinks } from './provider-links.ts'

type Html = ReturnType<typeof html>

export interface ForgotPage {
  readonly form: FormParts
  readonly identifier: string
  /** What was wrong, if anything. */
  readonly message: string | null
}

export function forgotPage({ name, words, scheme }: Look, { form, identifier, message }: ForgotPage): string {
  const { forgot, email, language } = words
  const content = html`
<p>${forgot.about}</p>
<p role="alert" id="forgot-error">${message ?? ''}</p>
<form id="forgot-form" method="post" action="/forgot-password">
${hidden(form)}
<label for="forgot-identifier">${email}</label>
<input id="forgot-identifier" name="identifier" type="email" value="${identifier}" autocomplete="username" required autofocus>
<button id="forgot-submit" type="submit">${forgot.submit}</button>
</form>
${back(forgot.back, form)}`
  return layout(forgot.title, content, { name, language, scheme })
}

/** The same for every address. */
export function sentPage({ name, words, scheme }: Look, sent: string, form: FormParts): string {
  const { forgot, signUp, language } = words
  const content = html`
<p role="status" id="mail-sent">${sent}</p>
${back(forgot.back, form)}`
  return layout(sent === signUp.sent ? signUp.title : forgot.title, content, { name, language, scheme })
}

/** Where nobody can use the form: no fields that would promise something. */
export function closedPage(look: Look, of: 'forgot' | 'sign-up', message: string, form: FormParts): string {
  const { words, name } = look
  const { title } = of === 'forgot' ? words.forgot : words.signUp
  const content = html`
<p role="alert" id="${of}-error">${message}</p>
${back(words.forgot.back, form)}`
  return layout(title, content, { name, language: words.language })
}

const back = (text: string, form: FormParts): Html =>
  html`<p class="below"><a id="back-to-login" href="/login${toQuery(form.interaction)}">${text}</a></p>`

export interface SignUpPage extends ForgotPage {
  readonly personName: string
  readonly passwordLengthMin: number
  readonly providers: readonly ProviderName[]
}

export function signUpPage({ name, words, scheme }: Look, page: SignUpPage): string {
  const { signUp, link, email, password, language } = words
  const { form, identifier, personName, message, passwordLengthMin } = page
  // After a refusal all stands there again but the password.
  const isAgain = message !== null && identifier !== ''
  const content = html`
<p role="alert" id="sign-up-error">${message ?? ''}</p>
<form id="sign-up-form" method="post" action="/sign-up">
${hidden(form)}
<label for="sign-up-identifier">${email}</label>
<input id="sign-up-identifier" name="identifier" type="email" value="${identifier}" autocomplete="username" required ${isAgain ? '' : 'autofocus'}>
<label for="sign-up-name">${signUp.name}</label>
<input id="sign-up-name" name="name" value="${personName}" maxlength="100" autocomplete="name">
<label for="sign-up-password">${password}</label>
<input id="sign-up-password" name="password" type="password" autocomplete="new-password" required ${isAgain ? 'autofocus' : ''} aria-describedby="sign-up-hint">
<p class="hint" id="sign-up-hint">${link.passwordHint(passwordLengthMin)}</p>
<button id="sign-up-submit" type="submit">${signUp.submit}</button>
</form>
${providerLinks(words, form, page.providers)}
<p class="below">${signUp.have} <a id="back-to-login" href="/login${toQuery(form.interaction)}">${signUp.signIn}</a></p>`
  return layout(signUp.title, content, { name, language, scheme })
}
