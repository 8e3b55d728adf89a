/**
 * Who is at the other end of a request, and whether anybody could have listened: from the socket, and through
 * the proxies that were named and no others.
 */
import { type ClientOrigin, createClientOriginReader } from './client-address.ts'
import type { GuardOptions } from './guard-types.ts'
import { readHeader } from './raw-headers.ts'
import type { Connection, Wire } from './wire.ts'

export interface ConnectionReader<Req> {
  /** False for a credential that may have crossed a network in the clear. */
  isSecure(request: Req): boolean
  /** The caller's address; null where it cannot be known. */
  addressOf(request: Req): string | null
}

export function createConnectionReader<Req, Res>(
  wire: Wire<Req, Res>,
  options: GuardOptions<Req>,
): ConnectionReader<Req> {
  const { trustedProxies = [], proxyHeader = 'x-forwarded-for', plainHttp = 'loopback' } = options
  const readOrigin = createClientOriginReader({ trustedProxies, header: proxyHeader })
  const originOf = (request: Req): ClientOrigin => {
    const { remoteAddress, encrypted = false } = wire.connection(request)
    const header = (name: string): string | undefined =>
      readHeader(wire.rawHeaders(request), name) ?? undefined
    return readOrigin({ remoteAddress, encrypted, header })
  }
  return {
    isSecure(request): boolean {
      const connection = wire.connection(request)
      if (connection.encrypted === true || plainHttp === 'dangerously-anywhere') return true
      // Without proxies to trust, forwarding headers are a stranger's words and need no reading.
      if (trustedProxies.length === 0) return isLocal(connection)
      const { address, scheme } = originOf(request)
      return scheme === 'https' || isLoopback(address)
    },
    addressOf: options.addressOf ?? ((request) => originOf(request).address),
  }
}

/** Set on connections that were found to be of this machine, so that each is looked at once. */
const LOCAL: unique symbol = Symbol('countersign local connection')

function isLocal(connection: Connection & { [LOCAL]?: boolean }): boolean {
  if (connection[LOCAL] === true) return true
  const found = connection.isLocal === true || isLoopback(connection.remoteAddress)
  if (found) connection[LOCAL] = true
  return found
}

function isLoopback(address: string | null | undefined): boolean {
  if (address === null || address === undefined) return false
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}
