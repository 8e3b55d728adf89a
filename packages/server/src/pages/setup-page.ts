/** The page behind the set-up link, which is a link like those in mails. */
import { html } from 'hono/html'
import { linkPage } from './link-pages.ts'
import type { Look } from './look.ts'

export function setupPage(look: Look, passwordLengthMin: number): string {
  const { setup, link, email, password } = look.words
  return linkPage(look, {
    title: setup.title(look.name),
    action: '/v1/setup',
    fields: html`
<p>${setup.about}</p>
<label for="link-email">${email}</label>
<input id="link-email" name="email" type="email" autocomplete="username" required autofocus>
<label for="link-password">${password}</label>
<input id="link-password" name="password" type="password" autocomplete="new-password" required aria-describedby="link-hint">
<p class="hint" id="link-hint">${link.passwordHint(passwordLengthMin)}</p>
<button id="link-submit" type="submit">${setup.submit}</button>`,
    done: setup.done,
    next: { href: '/sign-in?next=/console/start', text: setup.signIn },
    withoutScript: html`${setup.noScript} <code>countersign bootstrap</code>.`,
  })
}
