/**
 * The kinds of value that settings have, and how each is read: from text, as the environment has it, or from
 * a configuration file's own numbers, booleans and lists.
 */
import { resolve } from 'node:path'
import { Secret } from '@countersign/protocol'
import { isProxyRange } from '@countersign/verifier/guards'
import { decodeKey, weaknessOfKey, weaknessOfKeyText } from './adapters/key-strength.ts'
import { parseKeyring } from './adapters/secrets-file.ts'

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  /** `problem` completes a sentence that begins with the setting's name; "must be <accepts>" unless given. */
  | { readonly ok: false; readonly problem?: string }

export interface Kind<T> {
  /** Completes "must be …"; shown in the help. */
  readonly accepts: string
  /** `folder` is where relative paths begin. */
  readonly read: (raw: unknown, folder: string) => Read<T>
}

export type Database =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: Secret }

export interface RateLimit {
  readonly points: number
  readonly perSeconds: number
}

const TEXT_CHARACTERS_MAX = 4096
const LIST_MAX = 64
/** Spelled so that nobody sets it without noticing. */
export const LIMIT_OFF = 'dangerously-off'

const given = <T>(value: T): Read<T> => ({ ok: true, value })
const refused = (problem?: string): Read<never> =>
  problem === undefined ? { ok: false } : { ok: false, problem }

export function integer(min: number, max: number): Kind<number> {
  return {
    accepts: `a whole number from ${min} to ${max}`,
    read(raw) {
      const value = typeof raw === 'string' && /^\d{1,15}$/.test(raw.trim()) ? Number(raw) : raw
      const fits = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      return fits ? given(value) : refused()
    },
  }
}

export function integerOrAuto(min: number, max: number): Kind<number | null> {
  const kind = integer(min, max)
  return {
    accepts: `\`auto\` or ${kind.accepts}`,
    read: (raw, folder) => (raw === 'auto' ? given(null) : kind.read(raw, folder)),
  }
}

export const flag: Kind<boolean> = {
  accepts: '`true` or `false`',
  read(raw) {
    if (raw === true || raw === 'true' || raw === '1') return given(true)
    return raw === false || raw === 'false' || raw === '0' ? given(false) : refused()
  },
}

export function choice<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    accepts: `one of ${values.map((value) => `\`${value}\``).join(', ')}`,
    read(raw) {
      const found = values.find((value) => value === raw)
      return found === undefined ? refused() : given(found)
    },
  }
}

export function pattern(accepts: string, shape: RegExp): Kind<string> {
  return { accepts, read: (raw) => (typeof raw === 'string' && shape.test(raw) ? given(raw) : refused()) }
}

/** Text separated by commas, or an array; each item once, in order. */
export function list(accepts: string, isItem: (text: string) => boolean): Kind<readonly string[]> {
  return {
    accepts: `a list of ${accepts}, separated by commas`,
    read(raw) {
      const items: readonly unknown[] | null =
        typeof raw === 'string' ? raw.split(',').map((item) => item.trim()) : Array.isArray(raw) ? raw : null
      if (items === null || items.length > LIST_MAX) return refused()
      const texts = items.filter((item): item is string => typeof item === 'string' && item !== '')
      if (texts.length !== items.length || !texts.every(isItem)) return refused()
      return given([...new Set(texts)])
    },
  }
}

export const filePath: Kind<string> = {
  accepts: 'the path of a file',
  read: (raw, folder) => (isText(raw) ? given(resolve(folder, raw)) : refused()),
}

export const folderPath: Kind<string> = {
  accepts: 'the path of a folder',
  read: (raw, folder) => (isText(raw) ? given(resolve(folder, raw)) : refused()),
}

const isText = (raw: unknown): raw is string =>
  typeof raw === 'string' && raw !== '' && raw.length <= TEXT_CHARACTERS_MAX && !raw.includes('\0')

export const database: Kind<Database> = {
  accepts: '`sqlite:<file>` or `postgres://user:password@host/database`',
  read(raw, folder) {
    if (!isText(raw)) return refused()
    const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(raw)?.[1]
    if (path === ':memory:') return refused('needs a file: a database in memory would forget its revocations')
    if (path !== undefined) return given({ kind: 'sqlite', file: resolve(folder, path) })
    return isUrlOf(raw, ['postgres:', 'postgresql:'])
      ? given({ kind: 'postgres', url: new Secret(raw) })
      : refused()
  },
}

export const redisUrl: Kind<Secret | null> = {
  accepts: '`redis://…` or `rediss://…`',
  read: (raw) => (isText(raw) && isUrlOf(raw, ['redis:', 'rediss:']) ? given(new Secret(raw)) : refused()),
}

function isUrlOf(text: string, protocols: readonly string[]): boolean {
  const url = URL.parse(text)
  return url !== null && protocols.includes(url.protocol) && url.hostname !== ''
}

export const rootSecrets: Kind<Secret | null> = {
  accepts:
    '`1:<base64url of 32 random bytes>`, further ones after a comma, the newest with the highest number',
  read(raw) {
    if (typeof raw !== 'string') return refused()
    const parsed = parseKeyring(raw)
    return parsed.ok ? given(new Secret(raw)) : refused(parsed.mistakes.join('; '))
  },
}

export const hmacKey: Kind<Secret | null> = {
  accepts: 'base64url of at least 32 random bytes',
  read(raw) {
    if (!isText(raw)) return refused()
    const bytes = decodeKey(raw)
    if (bytes === null) return refused()
    const weakness = weaknessOfKeyText(raw) ?? weaknessOfKey(bytes)
    return weakness === null ? given(new Secret(raw)) : refused(weakness)
  },
}

/** RFC 8414 §2: https, no query, no fragment; and no path, since everything is served from the root. */
export const issuer: Kind<string> = {
  accepts: 'a URL such as https://auth.example.com, without path, query or fragment',
  read(raw) {
    const url = isText(raw) ? URL.parse(raw) : null
    if (url === null || !isHttp(url) || url.username !== '' || url.password !== '') return refused()
    if (url.protocol === 'http:' && !isLoopbackName(url.hostname)) {
      return refused('must begin with https:// — plain http is for loopback only (RFC 8414 §2)')
    }
    // Verifiers compare it character by character, so there is one spelling only.
    if (raw !== url.origin) return refused(`must be spelled exactly ${url.origin}`)
    return given(url.origin)
  },
}

const isHttp = (url: URL): boolean => url.protocol === 'https:' || url.protocol === 'http:'

/** Names that never leave this machine (RFC 6761 §6.3, RFC 8252 §8.3). */
export function isLoopbackName(hostname: string): boolean {
  return hostname === '[::1]' || /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3})$/.test(hostname)
}

/** Digits of a hash are put behind it, so it has neither query nor fragment; and nobody signs in there. */
export const rangeUrl: Kind<string | null> = {
  accepts: 'a URL such as https://api.pwnedpasswords.com/range, without query or fragment',
  read(raw) {
    const url = isText(raw) ? URL.parse(raw) : null
    if (url === null || !isHttp(url) || url.username !== '' || url.password !== '') return refused()
    if (/[?#]/.test(url.href)) return refused()
    if (url.protocol === 'http:' && !isLoopbackName(url.hostname)) {
      return refused('must begin with https:// — plain http is for loopback only')
    }
    return given(url.href)
  },
}

export const origins: Kind<readonly string[]> = list(
  'origins such as https://app.example.com (never `*`: these pages may act with cookies)',
  (text) => {
    const url = URL.parse(text)
    if (url === null || !isHttp(url) || url.origin !== text) return false
    return url.protocol === 'https:' || isLoopbackName(url.hostname)
  },
)

/** A domain, or `localhost`: browsers take no address for one (WebAuthn §5.1.2). */
export const passkeyRpId: Kind<string> = pattern(
  'a domain such as example.com, in lower case',
  /^(?=.{1,253}$)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)*(?!-)(?=[a-z0-9-]*[a-z])[a-z0-9-]{2,63}(?<!-)$/,
)

/** Those of pages, and those that Android gives to apps. */
export const passkeyOrigins: Kind<readonly string[]> = list(
  'origins such as https://app.example.com, or android:apk-key-hash:… of an app',
  (text) => {
    if (text.startsWith('android:')) return /^android:apk-key-hash:[\w-]{43}$/.test(text)
    const url = URL.parse(text)
    if (url === null || !isHttp(url) || url.origin !== text) return false
    return url.protocol === 'https:' || isLoopbackName(url.hostname)
  },
)

/**
 * Two names or more, none of them a number: of a single name, or of an address, no browser takes a cookie
 * with a domain. That a domain such as `co.uk` belongs to no one is known to browsers, which ignore the cookie.
 */
export const cookieDomain: Kind<string | null> = pattern(
  'a domain such as example.com, in lower case and without a dot before it',
  /^(?=.{3,253}$)(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)(?=[a-z0-9-]*[a-z])[a-z0-9-]{2,63}(?<!-)$/,
)

export const hosts: Kind<readonly string[]> = list(
  'host names, with port where it is not the default',
  (text) => /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/.test(text),
)

export const audiences: Kind<readonly string[]> = list('audiences, without spaces', (text) =>
  /^[\x21-\x2b\x2d-\x7e]{1,255}$/.test(text),
)

export const proxies: Kind<readonly string[]> = list('addresses or ranges such as 10.0.0.0/8', isProxyRange)

export const rateLimit: Kind<RateLimit | null> = {
  accepts: `\`<requests>/<seconds>\` such as 20/60, or \`${LIMIT_OFF}\``,
  read(raw) {
    if (raw === LIMIT_OFF) return given(null)
    const [, points, perSeconds] = /^(\d{1,7})\/(\d{1,5})$/.exec(typeof raw === 'string' ? raw : '') ?? []
    const limit = { points: Number(points), perSeconds: Number(perSeconds) }
    return limit.points >= 1 && limit.perSeconds >= 1 ? given(limit) : refused()
  },
}
