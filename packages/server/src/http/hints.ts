/**
 * Why a request was refused, said to the caller: only where the operator has asked for it, on a machine that develops,
 * for requests straight from that machine. Everybody else gets the constant text of the code.
 */
import { mending, toMending } from '@countersign/protocol'
import type { Flight } from './flight.ts'
import { isFromHere } from './from-here.ts'

export function hintOf(flight: Flight, code: string): string | null {
  const { services, header, client } = flight
  if (services.config.refusalHints === 'off' || !isFromHere(header, client.address)) return null
  return tellOfCookie(flight, code) ?? tellOfPermission(flight, code) ?? mendingOf(flight, code)
}

function tellOfCookie({ header, reason, services }: Flight, code: string): string | null {
  const { cookieName } = services.cookies
  if (code === 'credential_required' && reason === 'none_cross_site') {
    return `cookie not sent: the request is cross-site and ${cookieName} is SameSite=Lax. Call from a page of the same site, or send the credential in Authorization.`
  }
  if (code === 'credential_required' && header('sec-fetch-site') === 'same-site') {
    return `cookie not sent: the request comes from another host of the same site. Ask with credentials: "include", and see whether ${cookieName} belongs to this host alone.`
  }
  if (code !== 'csrf_refused') return null
  return reason?.startsWith('unknown_')
    ? 'neither Origin nor Sec-Fetch-Site was sent: send the session’s token in X-CSRF-Token.'
    : 'the cookie came with a request of another origin: call from the origin of the issuer, or name that origin in COUNTERSIGN_ALLOWED_ORIGINS and send X-CSRF-Token.'
}

function tellOfPermission({ caller, route }: Flight, code: string): string | null {
  if (code !== 'permission_denied' || caller === null || typeof route.access !== 'object') return null
  const held = caller.verdict.permissions.join(' ')
  return `${route.name} needs ${route.access.permission}; the credential holds ${held === '' ? 'nothing' : held}.`
}

function mendingOf({ reason }: Flight, code: string): string | null {
  const name = toMending(code, reason)
  return name === 'other' ? null : mending[name]
}
