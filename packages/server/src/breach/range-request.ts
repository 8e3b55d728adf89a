/** One question to a range server: five hexadecimal digits leave the house, and nothing else. */
import type { Timers } from '../feed/ports.ts'
import { parseRange, RANGE_BYTES_MAX, type Range } from './range-answer.ts'

export interface RangeServer {
  /** The address that the prefix is put behind. */
  readonly url: URL
  /** For the whole answer, not only its beginning. */
  readonly timeoutMs: number
  readonly timers: Timers
}

/** Null where no whole answer came in time, whatever the reason. */
export async function requestRange(server: RangeServer, prefix: string): Promise<Range | null> {
  const stop = new AbortController()
  const cancel = server.timers.set(server.timeoutMs, () => stop.abort())
  try {
    const response = await fetch(toAddress(server.url, prefix), {
      headers: { accept: 'text/plain', 'add-padding': 'true', 'user-agent': 'countersign' },
      // The one address that was configured is asked; it does not send us elsewhere (ASVS 15.3.2).
      redirect: 'error',
      signal: stop.signal,
    })
    const text = response.status === 200 ? await readText(response) : null
    if (text === null) stop.abort()
    return text === null ? null : parseRange(text)
  } catch {
    // Refused, reset, too slow, no TLS, a redirect: all of them are "no answer", which the caller has a rule for.
    return null
  } finally {
    cancel()
  }
}

function toAddress(base: URL, prefix: string): URL {
  const address = new URL(base)
  address.pathname = `${base.pathname.replace(/\/$/, '')}/${prefix}`
  return address
}

/** Bytes are counted as they come, after decompression: a small answer may unfold to a huge one. */
async function readText(response: Response): Promise<string | null> {
  if (response.body === null) return null
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > RANGE_BYTES_MAX) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('latin1')
}
