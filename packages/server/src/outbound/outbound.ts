/**
 * Calls to servers that somebody else has named, such as a client's `jwks_uri`: the one way out for them, so that
 * none of them can be made to reach what only we can reach (SSRF). One bounded connection for each call.
 */
import { lookup } from 'node:dns/promises'
import type { Timers } from '../feed/ports.ts'
import { call } from './call.ts'
import type { Outbound, OutboundAnswer, Resolver } from './ports.ts'
import { findTarget, type OutboundRules } from './target.ts'

export interface OutboundParts extends OutboundRules {
  /** For the whole call: name, connection, answer. */
  readonly timeoutMs: number
  readonly timers: Timers
  /** The system's own unless given. */
  readonly resolve?: Resolver
}

/** Calls at once; more would make other people's slow servers our own trouble. */
export const CALLS_MAX = 32
export const BYTES_MAX = 65_536

export function createOutbound(parts: OutboundParts): Outbound {
  const resolve = parts.resolve ?? ((hostname) => lookup(hostname, { all: true }))
  let underWay = 0
  return {
    async request(text, request = {}) {
      if (underWay >= CALLS_MAX) return { ok: false, reason: 'busy' }
      underWay += 1
      const stop = new AbortController()
      const over = Promise.withResolvers<OutboundAnswer>()
      const cancel = parts.timers.set(parts.timeoutMs, () => {
        stop.abort()
        over.resolve({ ok: false, reason: 'timed_out' })
      })
      const attempt = async (): Promise<OutboundAnswer> => {
        const target = await findTarget(text, parts, resolve)
        if (typeof target === 'string') return { ok: false, reason: target }
        return call(target, { ...request, bytesMax: request.bytesMax ?? BYTES_MAX }, stop.signal)
      }
      try {
        // The system's resolver cannot be stopped, but nobody has to wait for it.
        return await Promise.race([attempt(), over.promise])
      } finally {
        cancel()
        underWay -= 1
      }
    },
  }
}
