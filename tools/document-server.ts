/** A web server of somebody else, by https on this machine, on which clients publish documents about themselves. */
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { selfSigned } from './self-signed.ts'

export interface Documents {
  readonly origin: string
  /** PEM, for processes that shall trust it too. */
  readonly certificate: string
  /** The paths that were asked for. */
  readonly asked: string[]
  /** What stands there from now on; null for nothing any more. Returns its URL. */
  publish(path: string, answer: Published | null): string
  /** From now on nothing under this path is answered; resolves once so many have asked for it. */
  hold(path: string, count: number): Promise<void>
  close(): void
}

export interface Published {
  readonly body: unknown
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** This process trusts its certificate from then on. */
export async function openDocuments(): Promise<Documents> {
  const identity = selfSigned()
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, identity.cert])
  const published = new Map<string, Published>()
  const asked: string[] = []
  let held: { readonly path: string; readonly arrived: () => void } | null = null
  const server = createServer(identity, (req, res) => {
    asked.push(`${req.url}`)
    if (held !== null && req.url?.startsWith(held.path)) return void held.arrived()
    const { body = {}, status = 200, headers = {} } = published.get(`${req.url}`) ?? { status: 404 }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    certificate: identity.cert,
    asked,
    publish(path, answer) {
      if (answer === null) published.delete(path)
      else published.set(path, answer)
      return `${origin}${path}`
    },
    hold(path, count) {
      const { promise, resolve } = Promise.withResolvers<void>()
      let left = count
      held = {
        path,
        arrived: () => {
          left -= 1
          if (left === 0) resolve()
        },
      }
      return promise
    },
    close: () => {
      server.closeAllConnections()
      server.close()
      setDefaultCACertificates(before)
    },
  }
}
