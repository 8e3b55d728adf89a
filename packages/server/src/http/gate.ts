/**
 * What every request passes before its route: the host name is ours, the connection is secure or loopback,
 * and credentials in the URL are noticed and ignored.
 */
import type { ErrorCode } from '@countersign/protocol'
import type { Connection, Incoming } from './exchange.ts'

export interface GatePolicy {
  /** Host names (with port where it is not the default) that this authority answers for. */
  readonly hosts: ReadonlySet<string>
  /** Loopback names are answered on any port while the issuer itself is loopback. */
  readonly allowsLoopbackHosts: boolean
}

const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/

/** DNS rebinding makes a foreign page talk to a local server under a foreign name: such names are refused. */
export function isOwnHost(host: string | null, policy: GatePolicy): boolean {
  if (host === null) return true
  if (policy.hosts.has(host)) return true
  return policy.allowsLoopbackHosts && isLoopbackHost(host)
}

/** Loopback by name, on any port. */
export const isLoopbackHost = (host: string): boolean => LOOPBACK_HOST.test(host)

export function isLoopback(address: string | null): boolean {
  if (address === null) return false
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}

/**
 * Plain HTTP is answered on loopback only (brief F1), and there only to the machine itself: `scheme` is what
 * a trusted proxy said, or what the socket is. Embedded apps that say nothing about the connection hold the
 * socket themselves, so the URL that they built speaks for it.
 */
export function isSecure(
  connection: Connection,
  scheme: 'http' | 'https',
  peer: string | null,
  isUrlSecure: boolean,
): boolean {
  if (scheme === 'https' || connection.encrypted === true) return true
  return peer === null ? isUrlSecure : isLoopback(peer)
}

const SECRET_PARAMETERS =
  /(?:^|[?&])(?:access_token|refresh_token|session_token|token|api_key|apikey|x-api-key|key|password|client_secret|secret)=/i

/** Credentials in URLs end up in logs and histories: never accepted (RFC 6750 §5.3), and worth an entry. */
export function hasSecretInUrl(query: string, prefix: string): boolean {
  if (query === '') return false
  return (
    SECRET_PARAMETERS.test(query) ||
    query.includes(`${prefix}_ses`) ||
    query.includes(`${prefix}_key`) ||
    query.includes(`${prefix}_ref`) ||
    query.includes(`${prefix}_sec`) ||
    query.includes(`${prefix}_iat`)
  )
}

/** Before anything is known about the caller. */
export type GateRefusal = Extract<ErrorCode, 'misdirected_request' | 'https_required'>

export function passGate(
  { header, connection, isUrlSecure }: Incoming,
  client: { readonly scheme: 'http' | 'https'; readonly peer: string | null },
  policy: GatePolicy,
): GateRefusal | null {
  if (!isOwnHost(header('host'), policy)) return 'misdirected_request'
  return isSecure(connection, client.scheme, client.peer, isUrlSecure) ? null : 'https_required'
}
