/**
 * Why a request was refused, said to the caller: for whoever develops on this machine and has asked for it. What was
 * wrong with the credential itself only the authority tells, to those who may read decisions.
 */
import type { Permission } from '@countersign/protocol'
import type { Denied } from '../verifier-types.ts'
import { type RawHeaders, readHeader } from './raw-headers.ts'

export interface HintFacts {
  readonly raw: RawHeaders
  readonly address: string | null
  readonly cookieName: string
  readonly permissions: readonly Permission[]
}

/** Null for whoever comes from elsewhere. */
export function hintOf({ code, decisionId }: Denied, facts: HintFacts): string | null {
  const { raw, address, cookieName, permissions } = facts
  if (!isThisMachine(address) || isForwarded(raw)) return null
  const explained = `countersign explain ${decisionId} tells every check.`
  switch (code) {
    case 'credential_required':
      return readHeader(raw, 'sec-fetch-site') === 'cross-site'
        ? `cookie not sent: the request is cross-site and ${cookieName} is SameSite=Lax. Call from a page of the same site, or send the credential in Authorization.`
        : 'send the credential in Authorization or X-API-Key, or sign in for the cookie.'
    case 'csrf_refused':
      return 'the cookie came with a request of another origin: name that origin in origins or allowedOrigins of the guard, or send X-CSRF-Token.'
    case 'permission_denied':
      return `this route needs ${permissions.length === 0 ? 'a resource that the credential is bound to' : permissions.join(' ')}. ${explained}`
    default:
      return explained
  }
}

/** Whether an issuer is somebody's own machine: hints are for that alone. */
export const isOnThisMachine = (issuer: string): boolean => LOOPBACK_HOST.test(new URL(issuer).hostname)

const LOOPBACK_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** A proxy on this machine would bring the whole world here. */
const isForwarded = (raw: RawHeaders): boolean =>
  readHeader(raw, 'x-forwarded-for') !== null || readHeader(raw, 'forwarded') !== null

const isThisMachine = (address: string | null): boolean =>
  address !== null && /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address)
