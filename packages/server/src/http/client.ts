/** Who is at the other end: the true client address and scheme, and the facts of the request for doors. */
import { chooseLocale, type Locale, type RequestFacts } from '@countersign/core'
import type { Secret } from '@countersign/protocol'
import { toDeviceName } from '../adapters/device.ts'
import type { Services } from '../services.ts'
import { readDeviceSecrets } from './device-cookie.ts'
import type { Connection, Headers } from './exchange.ts'

const USER_AGENT_CHARACTERS_MAX = 300

export interface Client {
  readonly address: string | null
  readonly peer: string | null
  readonly scheme: 'http' | 'https'
}

export function readClient(services: Services, header: Headers, connection: Connection): Client {
  const { remoteAddress, encrypted = false } = connection
  const peer = remoteAddress ?? null
  // Without proxies to trust, forwarding headers are a stranger's words and need no reading.
  if (services.config.trustedProxies.length === 0) {
    return { address: unmapped(peer), peer, scheme: encrypted ? 'https' : 'http' }
  }
  const origin = services.readOrigin({
    remoteAddress,
    encrypted,
    header: (name) => header(name) ?? undefined,
  })
  return { ...origin, peer: origin.address }
}

/** Node names IPv4 peers of a dual-stack socket in mapped form. */
function unmapped(peer: string | null): string | null {
  return peer?.startsWith('::ffff:') ? peer.slice(7) : peer
}

export function readFacts(
  header: Headers,
  client: Client,
  nowMs: number,
  requestId: string,
  strangersWaitSeconds: number | null = null,
): RequestFacts {
  return new Facts(header, client, nowMs, requestId, strangersWaitSeconds)
}

/** Facts whose costly parts are worked out when a door asks for them. */
class Facts implements RequestFacts {
  readonly nowMs: number
  readonly requestId: string
  readonly address: string | null
  readonly strangersWaitSeconds: number | null
  readonly #header: Headers
  #deviceSecrets: readonly Secret[] | null = null

  constructor(
    header: Headers,
    client: Client,
    nowMs: number,
    requestId: string,
    strangersWaitSeconds: number | null,
  ) {
    this.strangersWaitSeconds = strangersWaitSeconds
    this.#header = header
    this.nowMs = nowMs
    this.requestId = requestId
    this.address = client.address
  }

  get userAgent(): string | null {
    return this.#header('user-agent')?.slice(0, USER_AGENT_CHARACTERS_MAX) ?? null
  }

  get device(): string | null {
    return toDeviceName(this.#header('user-agent'))
  }

  get locale(): Locale | null {
    return chooseLocale(this.#header('accept-language'))
  }

  get deviceSecrets(): readonly Secret[] {
    this.#deviceSecrets ??= readDeviceSecrets(this.#header('cookie'))
    return this.#deviceSecrets
  }
}
