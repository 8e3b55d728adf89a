/** What a person sees who opens the authority in a browser, and the page behind each error's `type`. */
import { type ErrorCode, errors } from '@countersign/protocol'
import { html } from 'hono/html'
import { layout } from './layout.ts'
import type { Look } from './look.ts'

/** They are in English. */
type Worn = Pick<Look, 'name' | 'scheme'>

export function startPage(issuer: string, { name, scheme }: Worn): string {
  const content = html`
<p>This is an authority for session tokens, JWTs and API keys. It is up.</p>
<ul>
<li><a href="/account">Your account</a>: where you are signed in, second factors, API keys</li>
<li><a href="/console">The console</a>, for administrators</li>
<li><a href="/openapi.json">The API</a>, as an OpenAPI document</li>
<li><a href="/.well-known/oauth-authorization-server">Metadata</a> and <a href="/.well-known/jwks.json">public keys</a></li>
<li><a href="/readyz">Is it ready?</a></li>
</ul>
<p>Issuer: <code>${issuer}</code></p>`
  return layout('The authority is running', content, { name, scheme })
}

export function errorPage(code: ErrorCode, { name, scheme }: Worn): string {
  const { title, detail, status } = errors[code]
  const content = html`<p>${detail}</p><p>Code <code>${code}</code>, HTTP status ${status}.</p>`
  return layout(title, content, { name, scheme })
}
