/**
 * The device cookie: what a browser is known by at its next sign-in (OWASP "device cookies"). It signs nobody in.
 * It is for this host alone, also where the session cookie has a domain: nobody else has a use for it.
 */
import { DEVICE_SECONDS, DEVICE_SECRETS_MAX } from '@countersign/core'
import { Secret } from '@countersign/protocol'
import { readCookie } from './cookies.ts'

export const DEVICE_COOKIE = '__Host-countersign_device'

/** One for each account that was signed in to here; stands in for nothing until the store has found it. */
const SECRET = /^[0-9A-Za-z]{43}$/

export function readDeviceSecrets(cookies: string | null): readonly Secret[] {
  const value = readCookie(cookies, DEVICE_COOKIE)
  if (value === null) return []
  const parts = value.split('.', DEVICE_SECRETS_MAX + 1)
  // More than we ever set, or others: somebody made it up, and no part of it is looked at.
  if (parts.length > DEVICE_SECRETS_MAX || !parts.every((part) => SECRET.test(part))) return []
  return parts.map((part) => new Secret(part))
}

export function deviceCookie(secrets: readonly Secret[]): string {
  const value = secrets.map((secret) => secret.reveal()).join('.')
  return `${DEVICE_COOKIE}=${value}; Path=/; Max-Age=${DEVICE_SECONDS}; Secure; HttpOnly; SameSite=Strict`
}
