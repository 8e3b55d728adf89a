/** What listens: `node:http`, or `node:https` with a certificate that is looked at again and again. */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import { type Certificate, type CertificateFiles, readCertificate } from './adapters/certificate.ts'
import type { Logger } from './adapters/logger.ts'
import { StartError } from './start-error.ts'

export interface Listeners {
  create(options: ServerOptions, handle: RequestListener): Server
  close(): void
}

export const plainListeners: Listeners = { create: createServer, close: () => {} }

export interface TlsParts {
  readonly logger: Pick<Logger, 'info' | 'error'>
  readonly nowMs: () => number
  /** A new certificate is in use this long after it was written, at most. */
  readonly lookMs: number
}

/**
 * Throws `StartError` where the certificate cannot be used. Later ones that cannot be are told in the log, once each, and
 * the earlier one stays in use: a half-written file must not stop the server.
 */
export async function openTlsListeners(files: CertificateFiles, parts: TlsParts): Promise<Listeners> {
  const { logger, nowMs, lookMs } = parts
  let current = await first(files, nowMs())
  let trouble = ''
  const servers: TlsServer[] = []
  const look = async (): Promise<void> => {
    try {
      const found = await readCertificate(files, nowMs())
      trouble = ''
      if (found.fingerprint === current.fingerprint) return
      current = found
      for (const server of servers) server.setSecureContext(found.options)
      logger.info({ event: 'certificate_replaced', request: null })
    } catch (error) {
      const told = error instanceof Error ? error.message : String(error)
      if (told !== trouble) logger.error({ event: 'certificate_refused', request: null, error })
      trouble = told
    }
  }
  const timer = setInterval(() => void look(), lookMs)
  timer.unref()
  return {
    create: (options, handle) => {
      const server = createTlsServer(
        // Whoever opens a connection and says nothing holds it no longer than slow headers would.
        { ...options, ...current.options, handshakeTimeout: options.headersTimeout ?? 10_000 },
        handle,
      )
      servers.push(server)
      return server
    },
    close: () => clearInterval(timer),
  }
}

async function first(files: CertificateFiles, nowMs: number): Promise<Certificate> {
  try {
    return await readCertificate(files, nowMs)
  } catch (cause) {
    throw new StartError(cause instanceof Error ? cause.message : 'The certificate cannot be used.', {
      cause,
    })
  }
}
