/**
 * Defence of the pages' forms against foreign pages (login CSRF, consent CSRF). Forms can be sent by any page without
 * asking first, so that each carries a token that is bound to a cookie which only our own pages have set.
 */
import { randomBytes } from 'node:crypto'
import type { FormBinding } from '@countersign/core'
import { readCookie } from '../../http/cookies.ts'
import { isForeign } from '../../http/csrf.ts'
import type { Headers } from '../../http/exchange.ts'
import type { Services } from '../../services.ts'

const FORM_COOKIE = '__Host-countersign_form'
const VALUE = /^[A-Za-z0-9_-]{43}$/

export interface FormGuard {
  readonly csrf: string
  /** To be set with the page; empty where the browser has it. */
  readonly cookies: readonly string[]
}

/** `purpose` is bound as well: what a page was given for one thing serves for no other. */
export function guardForm(services: Services, header: Headers, purpose: string): FormGuard {
  const known = cookieOf(header)
  const value = known ?? randomBytes(32).toString('base64url')
  const csrf = services.core.secrets.csrfToken(bind(value, purpose))
  return { csrf, cookies: known === null ? [toCookie(value)] : [] }
}

export function isGuarded(services: Services, header: Headers, purpose: string, csrf: string): boolean {
  const value = cookieOf(header)
  if (value === null || isForeign(header, services.origins)) return false
  return services.core.secrets.isCsrfToken(bind(value, purpose), csrf)
}

const BROWSER = 'browser'

/** For what comes back to this browser by way of somebody else's pages, where no form could carry anything. */
export function guardBrowser(
  services: Services,
  header: Headers,
): { readonly browser: string; readonly cookies: readonly string[] } {
  const { csrf, cookies } = guardForm(services, header, BROWSER)
  return { browser: csrf, cookies }
}

/** Whether it came back to the same one. The way back begins elsewhere, so where it comes from says nothing. */
export function isSameBrowser(services: Services, header: Headers, browser: string): boolean {
  const value = cookieOf(header)
  return value !== null && services.core.secrets.isCsrfToken(bind(value, BROWSER), browser)
}

/** `__Host-`: no sibling host can set it (6265bis §4.1.3.2). */
const toCookie = (value: string): string => `${FORM_COOKIE}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax`

const bind = (value: string, purpose: string): FormBinding => `form ${value} ${purpose}`

function cookieOf(header: Headers): string | null {
  const value = readCookie(header('cookie'), FORM_COOKIE)
  return value !== null && VALUE.test(value) ? value : null
}
