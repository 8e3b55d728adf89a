/**
 * The pages behind links that work once, most of them in mails. Opening one does nothing: programs that look links up before a person does
 * must use nothing up. What the link ends with stands in the fragment, which no browser sends; the form does.
 */
import { html } from 'hono/html'
import { layout } from './layout.ts'

type Html = ReturnType<typeof html>

export function resetPage(passwordLengthMin: number, name: string): string {
  return linkPage(
    { title: 'Set a new password', name },
    '/v1/password-reset/complete',
    html`
<p>With the new password you sign in as before. Wherever you are signed in now, you are signed out.</p>
<label for="link-password">New password</label>
<input id="link-password" name="password" type="password" autocomplete="new-password" required autofocus aria-describedby="link-hint">
<p class="hint" id="link-hint">At least ${passwordLengthMin} characters. A few unrelated words are easy to remember and hard to guess.</p>
<button id="link-submit" type="submit">Set password</button>`,
    html`The password is set. Sign in with it.`,
  )
}

export function confirmSignUpPage(name: string): string {
  return linkPage(
    { title: 'Confirm your address', name },
    '/v1/sign-up/confirm',
    html`
<p>Enter the password that you chose when you signed up. If you did not sign up, close this page: then there is no account.</p>
<label for="link-password">Password</label>
<input id="link-password" name="password" type="password" autocomplete="current-password" required autofocus>
<button id="link-submit" type="submit">Make my account</button>`,
    html`The account is yours. Sign in to it.`,
  )
}

/** `action`: the endpoint that the form's fields go to, with what the link ends with as `ticket`. */
export function linkPage(
  { title, name }: { readonly title: string; readonly name: string },
  action: string,
  fields: Html,
  done: Html,
  withoutScript: Html = html`This page needs JavaScript to read the link.`,
): string {
  const content = html`
<form id="link-form" data-action="${action}" novalidate>${fields}
<p role="alert" id="link-error"></p>
</form>
<p role="status" id="link-done" hidden>${done}</p>
<noscript><p role="alert">${withoutScript}</p></noscript>`
  return layout(title, content, { name, script: '/assets/link.js' })
}

/** Runs in the browser: sends the form's fields, with what the link ends with, to the form's own endpoint. */
export const linkScript = `
const form = document.getElementById('link-form')
const error = document.getElementById('link-error')
const button = document.getElementById('link-submit')
const ticket = location.hash.slice(1)
// It leaves the address bar and the history at once.
history.replaceState(null, '', location.pathname)
if (ticket === '') error.textContent = 'The link is incomplete: copy it whole, with what stands after the #.'
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  error.textContent = ''
  button.disabled = true
  try {
    const body = JSON.stringify({ ...Object.fromEntries(new FormData(form)), ticket })
    const answer = await fetch(form.dataset.action, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    if (answer.ok) {
      form.hidden = true
      document.getElementById('link-done').hidden = false
      return
    }
    const problem = await answer.json()
    error.textContent = [problem.detail, ...(problem.errors ?? []).map((one) => one.path + ': ' + one.message)].join(' ')
  } catch {
    error.textContent = 'The server cannot be reached. Nothing was changed; try again.'
  } finally {
    button.disabled = false
  }
})
`
