/**
 * Handing messages to an SMTP server (RFC 5321). TLS is a must unless the server is on this machine: links that set
 * passwords are in these messages. What fails is told by a short name; the other server's words, which may hold an
 * address, go nowhere.
 */
import { normalizeEmail, type Sent } from '@countersign/core'
import type SmtpTransport from 'nodemailer/lib/smtp-transport'
import { isLoopbackName } from '../config-kinds.ts'
import type { MailTarget } from '../config-mail.ts'
import type { Message, Stationery } from './render.ts'

export interface Transport {
  /** Throws nothing that a server can do. */
  send(message: Message): Promise<Sent>
}

export interface SmtpTimes {
  /** To connect, to be greeted, and between any two signs of life. */
  readonly stepMs: number
  /** For one message in all. */
  readonly messageMs: number
}

const TIMES: SmtpTimes = { stepMs: 15_000, messageMs: 30_000 }

type SmtpTarget = Extract<MailTarget, { kind: 'smtp' }>

export function createSmtpTransport(
  target: SmtpTarget,
  stationery: Stationery,
  times: SmtpTimes = TIMES,
): Transport {
  const { hostname } = new URL(stationery.issuer)
  const options = toOptions(target, hostname, times)
  return {
    async send(message) {
      // Checked where it came in; and once more, since from here on it is a part of commands and headers.
      if (normalizeEmail(message.to) !== message.to) return { kind: 'refused', reason: 'no_address' }
      // Loaded by the first message: a server that sends none starts without it.
      const { createTransport } = await import('nodemailer')
      const transport = createTransport(options)
      const sending = transport.sendMail({
        from: { name: stationery.brand.name, address: target.from },
        // As an object it is one address, whatever stands in it; as text it would be read as a list.
        to: { name: '', address: message.to },
        envelope: { from: target.from, to: [message.to] },
        subject: message.subject,
        text: message.text,
        html: message.html,
        messageId: `<${message.id}@${hostname}>`,
        date: new Date(message.createdAtMs),
        // RFC 3834 §5: no out-of-office answers to this.
        headers: { 'Auto-Submitted': 'auto-generated' },
        xMailer: false,
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      return within(times.messageMs, sending).finally(() => transport.close())
    },
  }
}

function toOptions(target: SmtpTarget, name: string, times: SmtpTimes): SmtpTransport.Options {
  const url = new URL(target.url.reveal())
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const isLocal = isLoopbackName(url.hostname)
  const user = decodeURIComponent(url.username)
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    // On this machine there is nobody in between, and a certificate that nobody has signed would only be in the way.
    ignoreTLS: isLocal && !secure,
    requireTLS: !(isLocal || target.allowsPlain),
    tls: { minVersion: 'TLSv1.2' },
    // Our own name, not this machine's.
    name,
    ...(user !== '' && { auth: { user, pass: decodeURIComponent(url.password) } }),
    connectionTimeout: times.stepMs,
    greetingTimeout: times.stepMs,
    socketTimeout: times.stepMs,
    dnsTimeout: times.stepMs,
  }
}

/** A server that answers a byte at a time would keep the outbox waiting for ever. */
async function within(ms: number, sending: Promise<unknown>): Promise<Sent> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Sent>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'unreachable', reason: 'timeout' }), ms)
  })
  const sent = sending.then((): Sent => ({ kind: 'sent' }), toRefusal)
  return Promise.race([sent, late]).finally(() => clearTimeout(timer))
}

/** What nodemailer's errors are called here. */
const NAMES: Readonly<Record<string, string>> = {
  EAUTH: 'sign_in_refused',
  ECONNECTION: 'no_connection',
  EDNS: 'unknown_host',
  ETIMEDOUT: 'timeout',
  ETLS: 'tls_refused',
  ESOCKET: 'no_connection',
}

/**
 * For good is only what the server says about this recipient or this message. That it wants no mail of ours at all
 * is a matter of settings, which somebody will mend.
 */
function toRefusal(error: unknown): Sent {
  const { code, command, responseCode, isAboutTls } = readError(error)
  const isAboutMessage = command === 'RCPT TO' || command === 'DATA'
  if (isAboutMessage && responseCode >= 500 && responseCode < 600) {
    return { kind: 'refused', reason: `smtp_${responseCode}` }
  }
  if (isAboutTls) return { kind: 'unreachable', reason: 'tls_refused' }
  const name = NAMES[code]
  if (name !== undefined) return { kind: 'unreachable', reason: name }
  return { kind: 'unreachable', reason: responseCode > 0 ? `smtp_${responseCode}` : 'smtp_failed' }
}

interface ReadError {
  readonly code: string
  readonly command: string
  readonly responseCode: number
  readonly isAboutTls: boolean
}

function readError(error: unknown): ReadError {
  const fields: Readonly<Record<string, unknown>> = error instanceof Error ? { ...error } : {}
  const { code, command, responseCode } = fields
  return {
    code: typeof code === 'string' ? code : '',
    command: typeof command === 'string' ? command : '',
    responseCode: typeof responseCode === 'number' ? responseCode : 0,
    // A certificate that is refused comes under the code of any broken connection.
    isAboutTls:
      code === 'ESOCKET' && error instanceof Error && /certificate|altnames|ssl|tls/i.test(error.message),
  }
}
