/**
 * The pages for signing in to a device that has no browser (RFC 8628 §3.3). Without JavaScript; the ids are a contract
 * for automation.
 */
import { type Client, type DeviceCode, showUserCode } from '@countersign/core'
import { html } from 'hono/html'
import { layout } from './layout.ts'
import type { Look } from './look.ts'
import { toScope } from './oauth-pages.ts'

export interface DeviceCodePage {
  readonly csrf: string
  readonly email: string | null
  readonly userCode: string
  readonly message: string | null
}

/** A code that came with the address is filled in and not taken: whoever sent the link could have begun it. */
export function deviceCodePage({ name, words, scheme }: Look, page: DeviceCodePage): string {
  const { device, language } = words
  const content = html`
<p>${device.about}</p>
${page.email === null ? '' : html`<p class="account">${device.as} <span id="device-account">${page.email}</span></p>`}
<p role="alert" id="device-error">${page.message ?? ''}</p>
<form id="device-form" method="post" action="/device">
<input type="hidden" name="csrf" value="${page.csrf}">
<label for="device-code">${device.code}</label>
<input id="device-code" name="user_code" value="${page.userCode}" autocomplete="off" autocapitalize="characters" spellcheck="false" required autofocus>
<p class="hint">${device.warning}</p>
<button id="device-submit" type="submit">${device.submit}</button>
</form>`
  return layout(device.title, content, { name, language, scheme })
}

export interface DeviceConfirmPage {
  readonly csrf: string
  readonly client: Client
  readonly code: DeviceCode
  readonly userCode: string
  readonly email: string | null
}

/** RFC 8628 §5.4: who asks, for what, from where, and the code again, to be compared with the device. */
export function deviceConfirmPage({ name, words, scheme }: Look, page: DeviceConfirmPage): string {
  const { client, code, userCode, email } = page
  const { device, consent, language } = words
  const scopes = [...code.identityScopes, ...code.permissions]
  const content = html`
<p><strong id="client-name">${client.name}</strong> ${device.asks} <strong id="device-user-code">${showUserCode(userCode)}</strong></p>
${email === null ? '' : html`<p class="account">${device.as} <span id="device-account">${email}</span></p>`}
<ul id="device-scopes" class="scopes">${scopes.map((scope) => toScope(scope, consent.scopes))}</ul>
<p>${device.compare}</p>
<form id="device-confirm-form" method="post" action="/device/decision">
<input type="hidden" name="csrf" value="${page.csrf}">
<input type="hidden" name="user_code" value="${userCode}">
<div class="choice">
<button id="device-allow" type="submit" name="decision" value="allow">${consent.allow}</button>
<button id="device-deny" class="quiet" type="submit" name="decision" value="deny">${consent.deny}</button>
</div>
</form>
<dl>
<dt>${device.where}</dt><dd>${code.audiences.map((audience) => html`<code>${audience}</code> `)}</dd>
<dt>${consent.howLong}</dt><dd>${device.lifetime}</dd>
${code.address === null ? '' : html`<dt>${device.begunFrom}</dt><dd><code id="device-address">${code.address}</code></dd>`}
</dl>`
  return layout(device.askTitle, content, { name, language, scheme })
}

export function deviceDonePage({ name, words, scheme }: Look, decision: 'allowed' | 'denied'): string {
  const { device, language } = words
  return decision === 'allowed'
    ? layout(device.allowedTitle, html`<p id="device-allowed" role="status">${device.allowed}</p>`, {
        name,
        language,
        scheme,
      })
    : layout(
        device.deniedTitle,
        html`<p id="device-denied" class="plain" role="status">${device.denied}</p>`,
        {
          name,
          language,
          scheme,
        },
      )
}
