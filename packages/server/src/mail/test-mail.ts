/** One message straight to the SMTP server, past the outbox: what `countersign mail test` does. */
import { normalizeEmail, type Sent } from '@countersign/core'
import { ID_RANDOM_BYTES, toId } from '@countersign/protocol'
import { systemClock, systemRandom } from '../adapters/clock.ts'
import type { Config } from '../config.ts'
import { stationeryOf } from './mailer.ts'
import { renderTest } from './render.ts'
import { createSmtpTransport } from './smtp.ts'

export type TestMail = Sent | { readonly kind: 'no_server' | 'no_address' }

export async function sendTestMail(config: Config, address: string): Promise<TestMail> {
  if (config.mail.kind !== 'smtp') return { kind: 'no_server' }
  const to = normalizeEmail(address)
  if (to === null) return { kind: 'no_address' }
  const stationery = stationeryOf(config)
  const createdAtMs = systemClock.nowMs()
  const id = toId('mai', createdAtMs, systemRandom.bytes(ID_RANDOM_BYTES))
  const message = renderTest({ id, to, createdAtMs }, config.mailLanguage, stationery)
  return createSmtpTransport(config.mail, stationery).send(message)
}

/** Where mail goes, without user and password. */
export function tellMail(config: Config): string {
  switch (config.mail.kind) {
    case 'off':
      return 'none is sent: there is no COUNTERSIGN_SMTP_URL'
    case 'development':
      return `kept, and shown at ${config.issuer}/dev/mail`
    case 'smtp': {
      const { protocol, host } = new URL(config.mail.url.reveal())
      return `${protocol}//${host}, from ${config.mail.from}`
    }
  }
}
