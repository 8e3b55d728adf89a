/**
 * Where a call goes: the URL is read once, its name is resolved once, every address is looked at, and exactly those
 * are connected to. A name that answers otherwise the second time (DNS rebinding) is not asked a second time.
 */
import { isIP } from 'node:net'
import { isCallable, isLoopback } from './addresses.ts'
import type { OutboundFailure, ResolvedAddress, Resolver } from './ports.ts'

export interface OutboundRules {
  /** Networks that are not public and may be called. */
  readonly networks: readonly string[]
  /** The only hosts that may be called; empty for all. With a dot before it, everything below the name. */
  readonly hosts: readonly string[]
}

export interface Target {
  readonly url: URL
  readonly addresses: readonly [ResolvedAddress, ...ResolvedAddress[]]
}

export const URL_CHARACTERS_MAX = 2048

export async function findTarget(
  text: string,
  rules: OutboundRules,
  resolve: Resolver,
): Promise<Target | OutboundFailure> {
  const url = parseUrl(text)
  if (url === null) return 'bad_url'
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  if (!isAllowedHost(hostname, rules.hosts)) return 'host_not_allowed'
  const [first, ...others] = await addressesOf(hostname, resolve)
  if (first === undefined) return 'unresolvable'
  const addresses = [first, ...others] as const
  // One bad address among good ones is an attack or a mistake, and which of them is connected to is chance.
  if (!addresses.every(({ address }) => isCallable(address, rules.networks))) return 'address_refused'
  // In the clear only where nobody else can listen.
  const isHere = addresses.every(({ address }) => isLoopback(address))
  return url.protocol === 'https:' || isHere ? { url, addresses } : 'bad_url'
}

/** The URL standard has read decimal, octal and shortened IPv4 by now: `http://2130706433` is 127.0.0.1. */
function parseUrl(text: string): URL | null {
  if (text.length > URL_CHARACTERS_MAX || /[^\x21-\x7e]|[\\#]/.test(text)) return null
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return null
  // With a user name, readers disagree about which part is the host. An empty one leaves no trace in the URL.
  const [authority = ''] = text.replace(/^https?:\/*/i, '').split(/[/?]/)
  return authority.includes('@') ? null : url
}

function isAllowedHost(hostname: string, hosts: readonly string[]): boolean {
  if (hosts.length === 0) return true
  return hosts.some((host) => (host.startsWith('.') ? hostname.endsWith(host) : hostname === host))
}

async function addressesOf(hostname: string, resolve: Resolver): Promise<readonly ResolvedAddress[]> {
  const family = isIP(hostname)
  if (family !== 0) return [{ address: hostname, family }]
  try {
    return await resolve(hostname)
  } catch {
    // No such name, or no answer: to the caller it is the same.
    return []
  }
}
