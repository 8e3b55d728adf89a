/**
 * Who really sent a request: the client's address and scheme, seen through the proxies that the operator named
 * and through no others (ASVS 15.3.4, 4.1.3). Everything left of the first untrusted hop was written by the
 * client, so the chain is read from the right: `X-Forwarded-For`, or `Forwarded` (RFC 7239), never both.
 */
import {
  type Block,
  formatAddress,
  type Groups,
  holdsAddress,
  parseAddress,
  parseBlock,
} from '../addresses.ts'

export type ClientScheme = 'http' | 'https'

export interface ClientOrigin {
  /** In its shortest form; an IPv4 address that came mapped into IPv6 is IPv4 again. Null for a closed socket. */
  readonly address: string | null
  readonly scheme: ClientScheme
}

export interface IncomingHop {
  /** The peer of the socket. */
  readonly remoteAddress: string | undefined
  /** Whether this process ended the TLS connection itself. */
  readonly encrypted: boolean
  /** One value per name, repeated headers joined by commas as `node:http` does. */
  readonly header: (name: string) => string | undefined
}

export interface ProxyTrust {
  /** Addresses and CIDR ranges of our own proxies. Empty: no header is believed. */
  readonly trustedProxies: readonly string[]
  /** The one that our proxies set. The other is the client's, whatever it says. */
  readonly header: 'x-forwarded-for' | 'forwarded'
}

/** Longer chains are read only this far from the right. */
const HOPS_MAX = 32
const HEADER_CHARACTERS_MAX = 4096

/** What one proxy says about the hop before it. Null where it is not said or cannot be read. */
interface Forwarded {
  readonly address: Groups | null
  readonly scheme: ClientScheme | null
}

/** Throws for a range that `isProxyRange` refuses. */
export function createClientOriginReader(trust: ProxyTrust): (hop: IncomingHop) => ClientOrigin {
  const ranges = trust.trustedProxies.map(parseRange)
  const isTrusted = (address: Groups): boolean => ranges.some((range) => holdsAddress(range, address))
  const readChain = trust.header === 'forwarded' ? readForwarded : readXForwarded

  return (hop) => {
    const scheme: ClientScheme = hop.encrypted ? 'https' : 'http'
    const peer = parseBare(hop.remoteAddress ?? '')
    if (peer === null) return { address: null, scheme }
    if (!isTrusted(peer)) return { address: formatAddress(peer), scheme }
    let address = peer
    let clientScheme = scheme
    for (const forwarded of readChain(hop.header)) {
      // A hop that hides or garbles its client is the last one that anybody vouches for.
      if (forwarded.address === null) break
      address = forwarded.address
      clientScheme = forwarded.scheme ?? clientScheme
      if (!isTrusted(address)) break
    }
    return { address: formatAddress(address), scheme: clientScheme }
  }
}

/** An address, or a range as `10.0.0.0/8`. `::/0` and `0.0.0.0/0` are refused: they trust everybody. */
export function isProxyRange(text: string): boolean {
  const range = parseBlock(text)
  return range !== null && range.prefixBits > 0
}

function parseRange(text: string): Block {
  const range = parseBlock(text)
  if (range === null) throw new RangeError('A trusted proxy is an address or a range such as 10.0.0.0/8.')
  return range
}

/** An address without the zone that a link-local one may carry. */
const parseBare = (text: string): Groups | null => parseAddress(text.replace(/%[0-9A-Za-z._-]{1,32}$/, ''))

/** Nearest hop first. */
function readXForwarded(header: IncomingHop['header']): readonly Forwarded[] {
  const addresses = splitHeader(header('x-forwarded-for'))
  const schemes = splitHeader(header('x-forwarded-proto'))
  // Proxies either append to the list of schemes, then it is as long as the other one, or pass on one value.
  const isList = schemes.length === addresses.length
  return addresses.map((text, index) => ({
    address: parseHost(text),
    scheme: parseScheme(isList ? schemes[index] : schemes[0]),
  }))
}

function readForwarded(header: IncomingHop['header']): readonly Forwarded[] {
  return splitHeader(header('forwarded')).map((element) => {
    const pairs = new Map<string, string>()
    for (const pair of splitOutsideQuotes(element, ';')) {
      const [name = '', ...value] = pair.split('=')
      pairs.set(name.trim().toLowerCase(), unquote(value.join('=').trim()))
    }
    return { address: parseHost(pairs.get('for') ?? ''), scheme: parseScheme(pairs.get('proto')) }
  })
}

/** The elements from right to left, at most as many as are read. */
function splitHeader(value: string | undefined): readonly string[] {
  // The right end was written by our own proxies; whatever is cut off on the left was not.
  const end = (value ?? '').slice(-HEADER_CHARACTERS_MAX)
  if (end === '') return []
  const elements = splitOutsideQuotes(end, ',').map((one) => one.trim())
  return elements.reverse().slice(0, HOPS_MAX)
}

/** By hand and in one pass: a pattern would try every unclosed quote to the end of the text. */
function splitOutsideQuotes(text: string, separator: ',' | ';'): readonly string[] {
  if (!text.includes('"')) return text.split(separator)
  const parts: string[] = []
  let start = 0
  let isQuoted = false
  for (let index = 0; index < text.length; index += 1) {
    const sign = text[index]
    if (sign === '"') isQuoted = !isQuoted
    else if (sign === '\\' && isQuoted) index += 1
    else if (sign === separator && !isQuoted) {
      parts.push(text.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, text.slice(start)]
}

const unquote = (text: string): string => text.replace(/^"(.*)"$/s, '$1').replace(/\\(.)/gs, '$1')

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`; null for `unknown`, `_hidden` and the rest. */
function parseHost(text: string): Groups | null {
  const bracketed = /^\[([^\]]{1,64})\](?::\d{1,5})?$/.exec(text)
  if (bracketed !== null) return parseBare(bracketed[1] ?? '')
  const withPort = /^([\d.]{7,15}):\d{1,5}$/.exec(text)
  return parseBare(withPort?.[1] ?? text)
}

function parseScheme(text: string | undefined): ClientScheme | null {
  const scheme = text?.toLowerCase()
  return scheme === 'http' || scheme === 'https' ? scheme : null
}
