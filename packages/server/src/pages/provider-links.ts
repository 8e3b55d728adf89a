/** The links to services that people may sign in with. Plain links: they work without JavaScript, and no policy of forms holds where they lead. */
import { html } from 'hono/html'
import type { ProviderName } from '../providers/ports.ts'
import type { FormParts } from './form-parts.ts'
import type { Words } from './words/words.ts'

type Html = ReturnType<typeof html>

export function providerLinks(
  { login }: Words,
  { interaction, csrf }: FormParts,
  providers: readonly ProviderName[],
): Html | '' {
  if (providers.length === 0) return ''
  const query = new URLSearchParams({ ...(interaction !== '' && { interaction }), csrf })
  return html`<div id="login-providers" class="providers" role="group" aria-label="${login.providers}">
${providers.map(
  ({ id, name }) =>
    html`<a class="button quiet" id="login-with-${id}" href="/login/provider/${id}?${query.toString()}" rel="nofollow">${login.withProvider(name)}</a>`,
)}
</div>`
}
