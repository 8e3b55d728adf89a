/** Whether a request has come straight from this machine: what developers alone may see hangs on it. */
import type { Headers } from './exchange.ts'
import { isLoopback, isLoopbackHost } from './gate.ts'

/** A proxy on this machine would bring the whole world here: what has come through one is not from here. */
export function isFromHere(header: Headers, address: string | null): boolean {
  const host = header('host')
  const isForwarded = header('x-forwarded-for') !== null || header('forwarded') !== null
  return isLoopback(address) && !isForwarded && (host === null || isLoopbackHost(host))
}
