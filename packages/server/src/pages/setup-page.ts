/** The page behind the set-up link: it takes the ticket from the fragment, which browsers never send. */
import { html } from 'hono/html'
import { layout } from './layout.ts'

export function setupPage(passwordLengthMin: number, name: string): string {
  const content = html`
<p>Create the first administrator. This link works once.</p>
<form id="setup-form" novalidate>
<label for="setup-email">E-mail address</label>
<input id="setup-email" name="email" type="email" autocomplete="username" required autofocus>
<label for="setup-password">Password</label>
<input id="setup-password" name="password" type="password" autocomplete="new-password" required aria-describedby="setup-hint">
<p class="hint" id="setup-hint">At least ${passwordLengthMin} characters. A few unrelated words are easy to remember and hard to guess.</p>
<button id="setup-submit" type="submit">Create administrator</button>
<p role="alert" id="setup-error"></p>
</form>
<p role="status" id="setup-done" hidden>Done. This account is the administrator: <a href="/sign-in?next=/console">sign in</a>.</p>
<noscript><p role="alert">This page needs JavaScript to read the link. Without it, run <code>countersign bootstrap</code>.</p></noscript>`
  return layout(`Set up ${name}`, content, { name, script: '/assets/setup.js' })
}

/** Runs in the browser. Plain JavaScript, served as a file so that no inline script needs allowing. */
export const setupScript = `
const form = document.getElementById('setup-form')
const error = document.getElementById('setup-error')
const button = document.getElementById('setup-submit')
const ticket = location.hash.slice(1)
// The ticket leaves the address bar and the history at once.
history.replaceState(null, '', location.pathname)
if (ticket === '') error.textContent = 'The link is incomplete: copy it whole, with what stands after the #.'
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  error.textContent = ''
  button.disabled = true
  try {
    const body = JSON.stringify({ ticket, email: form.email.value, password: form.password.value })
    const answer = await fetch('/v1/setup', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    if (answer.ok) {
      form.hidden = true
      document.getElementById('setup-done').hidden = false
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
