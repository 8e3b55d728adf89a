/** Puts a client together: where the authority is, what to call it with, and everything that can be asked of it. */
import { type Administration, createAdministration } from './administration.ts'
import { type ApiKeys, createApiKeys } from './api-keys.ts'
import { createAnonymousCall, createCall } from './caller.ts'
import { type ClientCredential, toHeld } from './credential.ts'
import { type Credentials, createCredentials, createRefreshCall } from './credentials.ts'
import { Keeper, type TokenListeners } from './keeper.ts'
import { createOwnAccount, type OwnAccount } from './own-account.ts'
import { defaultPorts, type Ports } from './ports.ts'

export interface ClientOptions extends TokenListeners {
  /** The authority's URL, which is its issuer. Plain http only for the loopback interface. */
  readonly baseUrl: string
  /** Nothing: the browser's cookies, until `signIn` delivers something else. */
  readonly credential?: ClientCredential | undefined
  readonly fetch?: typeof globalThis.fetch | undefined
  /** How long one attempt of a request may take; 10,000 by default. */
  readonly timeoutMs?: number | undefined
}

export interface Client extends OwnAccount, Credentials, Administration {
  readonly baseUrl: string
  readonly apiKeys: ApiKeys
  /** The same authority with another credential. Listeners do not go along: they belong to this one's tokens. */
  with(credential: ClientCredential): Client
}

export const TIMEOUT_MS = 10_000

/**
 * A client of one authority. Calls throw `ApiProblem` when they are refused and `AuthorityUnreachable` when
 * nothing can be known. Throws TypeError for a URL or credential that cannot be used.
 */
export function createClient(options: ClientOptions): Client {
  return createClientWith(defaultPorts(options.fetch), options)
}

/** The same with ports of the caller's choosing. */
export function createClientWith(ports: Ports, options: ClientOptions): Client {
  const baseUrl = toBaseUrl(options.baseUrl)
  const settings = { baseUrl, timeoutMs: options.timeoutMs ?? TIMEOUT_MS }
  const refreshCall = createRefreshCall(createAnonymousCall(ports, settings))
  const held = toHeld(options.credential)
  const keeper = new Keeper(ports, held, `countersign ${baseUrl}`, options, refreshCall)
  const call = createCall(ports, settings, keeper)
  return {
    baseUrl,
    ...createOwnAccount(call, keeper, ports),
    ...createCredentials(call, keeper),
    ...createAdministration(call),
    apiKeys: createApiKeys(call),
    with: (credential) => createClientWith(ports, { baseUrl, timeoutMs: settings.timeoutMs, credential }),
  }
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Credentials in a URL end up in logs, and over plain http in everybody's hands. */
export function toBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null) throw new TypeError('The base URL is not a URL.')
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('The base URL is only scheme, host, port and path.')
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    throw new TypeError('The base URL must be https; plain http is for the loopback interface only.')
  }
  return url.href.replace(/\/+$/, '')
}
