/** What was written while nothing is set up to send it: a list, and each message in both its forms. */
import { html } from 'hono/html'
import type { Message } from '../mail/render.ts'
import { layout } from './layout.ts'

export function mailListPage(messages: readonly Message[]): string {
  const rows = messages.map(
    ({ id, to, subject, createdAtMs }) =>
      html`<li><a href="/dev/mail/${id}">${subject}</a><br>to ${to}, ${new Date(createdAtMs).toISOString()}</li>
`,
  )
  const content = html`
<p>No SMTP server is set, so mail stays here, in the memory of this server. Only this machine can see this page.</p>
${
  messages.length === 0
    ? html`<p>Nothing was written yet.</p>`
    : html`<ul>
${rows}</ul>`
}`
  return layout('Mail', content)
}

export function mailPage({ id, to, subject, text }: Message, issuer: string): string {
  const content = html`
<p>To <code>${to}</code></p>
<pre>${withLinks(text, issuer)}</pre>
<p><a href="/dev/mail/${id}/html">The HTML part</a> · <a href="/dev/mail">All mail</a></p>`
  return layout(subject, content)
}

/** Links of ours can be followed; the rest of the text is text. */
function withLinks(text: string, issuer: string): readonly (string | ReturnType<typeof html>)[] {
  return text.split(/(https?:\/\/\S+)/).map((part) => {
    const isOurs = URL.canParse(part) && new URL(part).origin === issuer
    return isOurs ? html`<a href="${part.slice(issuer.length)}">${part}</a>` : part
  })
}
