/** What people read as the name of an app, with a mark beside it where nobody of this server has looked at it. */
import { type Client, isVouchedFor } from '@countersign/core'
import { html } from 'hono/html'
import type { Words } from './words/words.ts'

export function clientName(client: Client, { consent }: Words): ReturnType<typeof html> {
  const mark = isVouchedFor(client)
    ? ''
    : html` <span id="client-unchecked" class="badge">${consent.unchecked}</span>`
  return html`<strong id="client-name">${client.name}</strong>${mark}`
}
