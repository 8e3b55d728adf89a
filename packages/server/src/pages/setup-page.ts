/** The page behind the set-up link, which is a link like those in mails. */
import { html } from 'hono/html'
import { linkPage } from './link-pages.ts'

export function setupPage(passwordLengthMin: number, name: string): string {
  return linkPage(
    { title: `Set up ${name}`, name },
    '/v1/setup',
    html`
<p>Create the first administrator. This link works once.</p>
<label for="link-email">E-mail address</label>
<input id="link-email" name="email" type="email" autocomplete="username" required autofocus>
<label for="link-password">Password</label>
<input id="link-password" name="password" type="password" autocomplete="new-password" required aria-describedby="link-hint">
<p class="hint" id="link-hint">At least ${passwordLengthMin} characters. A few unrelated words are easy to remember and hard to guess.</p>
<button id="link-submit" type="submit">Create administrator</button>`,
    html`Done. This account is the administrator: <a href="/sign-in?next=/console">sign in</a>.`,
    html`This page needs JavaScript to read the link. Without it, run <code>countersign bootstrap</code>.`,
  )
}
