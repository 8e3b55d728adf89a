/** One request to addresses that have been looked at, and its answer, read within bounds. */

import type { IncomingMessage } from 'node:http'
import { request as requestPlainly } from 'node:http'
import { request as requestByTls } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { OutboundAnswer, OutboundFailure, OutboundRequest } from './ports.ts'
import type { Target } from './target.ts'

type BoundedRequest = OutboundRequest & { readonly bytesMax: number }

export function call(target: Target, asked: BoundedRequest, signal: AbortSignal): Promise<OutboundAnswer> {
  const { url } = target
  const { method = 'GET', headers = {}, body = '' } = asked
  const bytes = Buffer.from(method === 'POST' ? body : '')
  return new Promise((resolve) => {
    const refuse = (reason: OutboundFailure): void => resolve({ ok: false, reason })
    const send = url.protocol === 'https:' ? requestByTls : requestPlainly
    const sent = send(url, {
      method,
      headers: {
        accept: 'application/json',
        // Compressed, a small answer could unfold to a huge one.
        'accept-encoding': 'identity',
        'user-agent': 'countersign',
        ...headers,
        ...(method === 'POST' && { 'content-length': bytes.byteLength }),
      },
      lookup: pinTo(target),
      // No connection outlives its call: a kept one would be to an address that was looked at long ago.
      agent: false,
      // Whatever the environment says.
      rejectUnauthorized: true,
      signal,
    })
    // Refused, reset, no TLS, a wrong certificate: no answer came.
    sent.on('error', () => refuse('unreachable'))
    sent.on('response', (response) => {
      const finish = (answer: OutboundAnswer): void => {
        resolve(answer)
        sent.destroy()
      }
      read(response, asked.bytesMax).then(finish, () => finish({ ok: false, reason: 'unreachable' }))
    })
    sent.end(bytes)
  })
}

/** Answers the socket's question for the name with the addresses that were looked at. */
function pinTo({ addresses }: Target): LookupFunction {
  return (_, options, answer) => {
    const [{ address, family }] = addresses
    if (options.all === true) answer(null, [...addresses])
    else answer(null, address, family)
  }
}

async function read(response: IncomingMessage, bytesMax: number): Promise<OutboundAnswer> {
  const { statusCode: status = 0, headers } = response
  if (status >= 300 && status < 400) return { ok: false, reason: 'redirected' }
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return { ok: false, reason: 'encoded' }
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of response) {
    total += chunk.byteLength
    if (total > bytesMax) return { ok: false, reason: 'too_large' }
    chunks.push(chunk)
  }
  const text = toText(Buffer.concat(chunks))
  if (text === null) return { ok: false, reason: 'not_text' }
  const contentType = headers['content-type'] ?? null
  return { ok: true, status, contentType, cacheControl: headers['cache-control'] ?? null, text }
}

function toText(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // Bytes that are no UTF-8 are no document of ours.
    return null
  }
}
