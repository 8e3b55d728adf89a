/**
 * The pages behind links that work once, most of them in mails. Opening one does nothing: programs that look links up before a person does
 * must use nothing up. What the link ends with stands in the fragment, which no browser sends; the form does.
 */
import type { ErrorCode } from '@countersign/protocol'
import { html } from 'hono/html'
import { layout } from './layout.ts'
import type { Look } from './look.ts'
import type { Words } from './words/words.ts'

type Html = ReturnType<typeof html>

export function resetPage(look: Look, passwordLengthMin: number): string {
  const { reset, link } = look.words
  return linkPage(look, {
    title: reset.title,
    action: '/v1/password-reset/complete',
    fields: html`
<p>${reset.about}</p>
<label for="link-password">${link.newPassword}</label>
<input id="link-password" name="password" type="password" autocomplete="new-password" required autofocus aria-describedby="link-hint">
<p class="hint" id="link-hint">${link.passwordHint(passwordLengthMin)}</p>
<button id="link-submit" type="submit">${reset.submit}</button>`,
    otherwise: { href: '/forgot-password', text: link.another },
    done: reset.done,
    next: toSignIn(look),
  })
}

export function confirmSignUpPage(look: Look): string {
  const { confirm, password } = look.words
  return linkPage(look, {
    title: confirm.title,
    action: '/v1/sign-up/confirm',
    fields: html`
<p>${confirm.about}</p>
<label for="link-password">${password}</label>
<input id="link-password" name="password" type="password" autocomplete="current-password" required autofocus>
<button id="link-submit" type="submit">${confirm.submit}</button>`,
    done: confirm.done,
    next: toSignIn(look),
  })
}

export function invitationPage(look: Look, passwordLengthMin: number): string {
  const { invitation, link, signUp, password } = look.words
  return linkPage(look, {
    title: invitation.title,
    action: '/v1/invitations/accept',
    fields: html`
<p>${invitation.about}</p>
<label for="link-name">${signUp.name}</label>
<input id="link-name" name="name" type="text" autocomplete="name" maxlength="100" autofocus>
<label for="link-password">${password}</label>
<input id="link-password" name="password" type="password" autocomplete="new-password" required aria-describedby="link-hint">
<p class="hint" id="link-hint">${link.passwordHint(passwordLengthMin)}</p>
<button id="link-submit" type="submit">${invitation.submit}</button>`,
    done: invitation.done,
    next: toSignIn(look),
  })
}

export function confirmEmailPage(look: Look): string {
  const { changeEmail, password } = look.words
  return linkPage(look, {
    title: changeEmail.title,
    action: '/v1/email-change/confirm',
    fields: html`
<p>${changeEmail.about}</p>
<label for="link-password">${password}</label>
<input id="link-password" name="password" type="password" autocomplete="current-password" required autofocus>
<button id="link-submit" type="submit">${changeEmail.submit}</button>`,
    done: changeEmail.done,
    next: toSignIn(look),
  })
}

export function verifyEmailPage(look: Look): string {
  const { verifyEmail } = look.words
  return linkPage(look, {
    title: verifyEmail.title,
    action: '/v1/email-verification/confirm',
    fields: html`
<p>${verifyEmail.about}</p>
<button id="link-submit" type="submit" autofocus>${verifyEmail.submit}</button>`,
    done: verifyEmail.done,
    next: { href: '/account', text: look.words.trouble.toAccount },
  })
}

export const toSignIn = ({ words }: Look): Way => ({ href: '/sign-in', text: words.login.submit })

export interface Way {
  readonly href: string
  readonly text: string
}

export interface LinkPage {
  readonly title: string
  /** The endpoint that the form's fields go to, with what the link ends with as `ticket`. */
  readonly action: string
  readonly fields: Html
  readonly done: string
  /** Where it goes on once it is done. */
  readonly next: Way
  /** For whoever's link is of no use any more; the way back to the sign-in where nothing else is said. */
  readonly otherwise?: Way
  readonly withoutScript?: Html
}

export function linkPage({ name, words, scheme }: Look, page: LinkPage): string {
  const { title, action, fields, done, next, withoutScript = html`${words.link.noScript}` } = page
  const { otherwise = { href: '/sign-in', text: words.forgot.back } } = page
  const content = html`
<form id="link-form" data-action="${action}" data-texts="${JSON.stringify(toTexts(words))}" novalidate>
<p role="alert" id="link-error"></p>${fields}
<p class="below"><a id="link-otherwise" href="${otherwise.href}">${otherwise.text}</a></p>
</form>
<p role="status" id="link-done" hidden>${done}</p>
<a id="link-next" class="button" href="${next.href}" hidden>${next.text}</a>
<noscript><p role="alert">${withoutScript}</p></noscript>`
  return layout(title, content, { name, language: words.language, scheme, scripts: ['/assets/link.js'] })
}

/** Refusals that these forms meet; the server's own words are English. */
const CODES = [
  'rate_limited',
  'ticket_ended',
  'setup_closed',
  'address_taken',
  'password_too_short',
  'password_too_long',
  'password_too_common',
  'password_contains_context',
  'password_too_guessable',
  'password_breached',
  'password_unchanged',
  'password_check_unavailable',
  'store_unavailable',
  'overloaded',
] as const satisfies readonly ErrorCode[]

function toTexts({ link, refusal }: Words): object {
  const codes = CODES.flatMap((code) => {
    const text = refusal(code)
    return text === null ? [] : [[code, text] as const]
  })
  const own = { ...Object.fromEntries(codes), invalid_credentials: link.wrongPassword }
  return { incomplete: link.incomplete, unreachable: link.unreachable, codes: own }
}

/** Runs in the browser: sends the form's fields, with what the link ends with, to the form's own endpoint. */
export const linkScript = `
const form = document.getElementById('link-form')
const error = document.getElementById('link-error')
const button = document.getElementById('link-submit')
const done = document.getElementById('link-done')
const next = document.getElementById('link-next')
const texts = JSON.parse(form.dataset.texts)
const ticket = location.hash.slice(1)
// It leaves the address bar and the history at once.
history.replaceState(null, '', location.pathname)
if (ticket === '') {
  error.textContent = texts.incomplete
  button.disabled = true
}
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  error.textContent = ''
  button.disabled = true
  try {
    const body = JSON.stringify({ ...Object.fromEntries(new FormData(form)), ticket })
    const answer = await fetch(form.dataset.action, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    if (answer.ok) {
      form.hidden = true
      done.hidden = false
      next.hidden = false
      // The button that had the focus is gone; whoever goes on by the keyboard goes on from here.
      next.focus()
      return
    }
    const problem = await answer.json()
    const fields = problem.errors ?? []
    const said = texts.codes[problem.code] ?? problem.detail
    error.textContent = fields.some((one) => one.path === 'ticket')
      ? texts.incomplete
      : [said, ...fields.map((one) => one.path + ': ' + one.message)].join(' ')
  } catch {
    error.textContent = texts.unreachable
  } finally {
    button.disabled = false
  }
})
`
