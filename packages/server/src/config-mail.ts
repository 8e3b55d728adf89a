/** The settings of mail: how it leaves, in whose name, and what it looks like. Rows of the one table of settings. */
import { isLocale, type Locale, locales } from '@countersign/core'
import { Secret } from '@countersign/protocol'
import * as kinds from './config-kinds.ts'
import type { SettingRows } from './config-reader.ts'

export interface MailSettings {
  smtpUrl: Secret | null
  mailFrom: string | null
  dangerouslyPlainSmtp: boolean
  mailLanguage: Locale
  brandName: string
  brandColor: string
  rateLimitMail: kinds.RateLimit | null
  emailVerification: 'required' | 'off'
}

/** Where mail goes. Without a server, and where nobody but this machine is served, it is kept to be looked at. */
export type MailTarget =
  | { readonly kind: 'off' | 'development' }
  | {
      readonly kind: 'smtp'
      readonly url: Secret
      readonly from: string
      /** Goes on without TLS where the server offers none. */
      readonly allowsPlain: boolean
    }

export function toMailTarget(values: MailSettings & { readonly issuer: string }): MailTarget {
  const { smtpUrl: url, mailFrom: from, dangerouslyPlainSmtp: allowsPlain, issuer } = values
  if (url !== null && from !== null) return { kind: 'smtp', url, from, allowsPlain }
  return { kind: kinds.isLoopbackName(new URL(issuer).hostname) ? 'development' : 'off' }
}

/** An address that goes into headers and envelopes as it is: plain characters, and nothing that ends a line or a list. */
const PLAIN_ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{3,253}$)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/

const smtpUrl: kinds.Kind<Secret | null> = {
  accepts: '`smtps://user:password@host` or, with TLS from STARTTLS on, `smtp://user:password@host:587`',
  read(raw) {
    const url = typeof raw === 'string' && raw.length <= 2048 ? URL.parse(raw) : null
    if (url === null || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '')
      return { ok: false }
    if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') {
      return { ok: false, problem: 'must end after host and port: options have settings of their own' }
    }
    return { ok: true, value: new Secret(url.href) }
  },
}

const language: kinds.Kind<Locale> = {
  accepts: `one of ${locales.map((one) => `\`${one}\``).join(', ')}`,
  read: (raw) => (typeof raw === 'string' && isLocale(raw) ? { ok: true, value: raw } : { ok: false }),
}

export const mailSettings: SettingRows<MailSettings> = {
  smtpUrl: {
    kind: smtpUrl,
    fallback: null,
    fallbackText: 'none: with an issuer on loopback mail is shown at /dev/mail, with any other none is sent',
    reason:
      'The server that takes our mail. TLS is a must, unless the server is on this machine. `countersign mail test` tries it.',
    secret: true,
  },
  mailFrom: {
    kind: kinds.pattern('an address such as auth@example.com, without a name', PLAIN_ADDRESS),
    fallback: null,
    fallbackText: 'none; required with an SMTP server',
    reason: 'The address that mail comes from. The name beside it is that of the brand.',
  },
  dangerouslyPlainSmtp: {
    kind: kinds.flag,
    fallback: false,
    reason:
      'Sends to a server without TLS too, where everybody on the way reads links that set passwords. A certificate that is offered is checked all the same.',
  },
  mailLanguage: {
    kind: language,
    fallback: 'en',
    reason: 'For people of whom it is not known what they read.',
  },
  brandName: {
    kind: kinds.pattern(
      '1 to 60 characters without control characters',
      /^(?!\s)[^\p{C}\p{Zl}\p{Zp}]{1,60}$/u,
    ),
    fallback: 'Countersign',
    reason: 'What people know this service as: in mail, and beside the address that it comes from.',
  },
  brandColor: {
    kind: kinds.pattern('a colour such as #2748c9', /^#[0-9a-f]{6}$/),
    fallback: '#2748c9',
    reason: 'The colour of buttons in mail, under white text.',
  },
  emailVerification: {
    kind: kinds.choice('required', 'off'),
    fallback: ({ smtpUrl }) => (smtpUrl === null ? 'off' : 'required'),
    fallbackText: '`required` with an SMTP server, else `off`',
    reason:
      'Whether an account exists only once a link in a mail was used. Where it is `off`, signing up tells which addresses are taken (ASVS 6.3.8).',
  },
  rateLimitMail: {
    kind: kinds.rateLimit,
    fallback: { points: 5, perSeconds: 900 },
    fallbackText: '5/900',
    reason: 'Links that are asked for by mail to one address: nobody’s mailbox is to be filled from here.',
  },
}
