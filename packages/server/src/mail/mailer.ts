/** Mail as the server has it: written in its stationery, handed to a server, kept to be looked at, or not sent at all. */
import type { Mailer, Settlement } from '@countersign/core'
import type { Config } from '../config.ts'
import { createMailbox, type Mailbox } from './mailbox.ts'
import { renderMail, type Stationery } from './render.ts'
import { createSmtpTransport, type Transport } from './smtp.ts'

export interface MailParts {
  /** Null where no mail is sent: then none is written either. */
  readonly mailer: Mailer | null
  /** Only where mail is kept to be looked at. */
  readonly mailbox: Mailbox | null
}

export function createMail(config: Config): MailParts {
  const stationery = stationeryOf(config)
  switch (config.mail.kind) {
    case 'off':
      return { mailer: null, mailbox: null }
    case 'development': {
      const mailbox = createMailbox()
      return { mailer: toMailer(mailbox, stationery), mailbox }
    }
    case 'smtp':
      return { mailer: toMailer(createSmtpTransport(config.mail, stationery), stationery), mailbox: null }
  }
}

export const stationeryOf = (config: Pick<Config, 'issuer' | 'brandName' | 'brandColor'>): Stationery => ({
  issuer: config.issuer,
  brand: { name: config.brandName, color: config.brandColor },
})

const toMailer = (transport: Transport, stationery: Stationery): Mailer => ({
  send: (mail) => transport.send(renderMail(mail, stationery)),
})

/** For a log line: what became of an attempt that did not succeed; null for one that did. */
export function troubleOf(settlement: Settlement): string | null {
  return settlement.kind === 'sent' ? null : `mail_${settlement.kind}_${settlement.reason}`
}
