/** A `fetch` that proves a key with every request, and follows the nonces that servers ask for (RFC 9449 §7, §8, §9). */
import type { Secret } from '@countersign/protocol'
import { toSecret } from './credential.ts'
import type { ProofKey } from './proof-key.ts'

export interface ProvingFetchOptions {
  /** What the requests carry; asked anew for each one, so that it may be renewed. None: a token is being asked for. */
  readonly accessToken?: (() => Secret | string | Promise<Secret | string>) | undefined
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** What it returns never follows a redirect: a proof is good for one address, and the token is for this server. */
export function createProvingFetch(
  key: ProofKey,
  options: ProvingFetchOptions = {},
): typeof globalThis.fetch {
  const send = createProvenSend(key, options)
  return (input, init) => {
    const request = new Request(input, { ...init, redirect: 'error' })
    return send(async () => request.clone())
  }
}

/** The same for requests that are made anew for each try, since something in them is good once. */
export type ProvenSend = (make: () => Promise<Request>) => Promise<Response>

export function createProvenSend(key: ProofKey, options: ProvingFetchOptions = {}): ProvenSend {
  // Browsers refuse a fetch that is called as a method of something else.
  const send = options.fetch ?? ((input: Request) => globalThis.fetch(input))
  const nonces = new Nonces()
  const prove = async (request: Request, token: string | undefined): Promise<Response> => {
    const { method, url } = request
    const nonce = nonces.of(url)
    request.headers.set('dpop', await key.prove({ method, url, accessToken: token, nonce }))
    if (token !== undefined) request.headers.set('authorization', `DPoP ${token}`)
    const answer = await send(request)
    nonces.remember(url, answer.headers.get('dpop-nonce'))
    return answer
  }
  return async (make) => {
    const given = await options.accessToken?.()
    const token = given === undefined ? undefined : toSecret(given).reveal()
    const answer = await prove(await make(), token)
    if (!(await asksForNonce(answer))) return answer
    // Once: a server that is not content with its own nonce will not be with the next one either.
    await answer.body?.cancel()
    return prove(await make(), token)
  }
}

/** RFC 9449 §8 and §9: 400 with the error in the body, or 401 with it in the challenge; and always a nonce to use. */
async function asksForNonce(answer: Response): Promise<boolean> {
  if (!answer.headers.has('dpop-nonce')) return false
  if (answer.status === 401) {
    return /\berror="?use_dpop_nonce\b/.test(answer.headers.get('www-authenticate') ?? '')
  }
  if (answer.status !== 400) return false
  try {
    const body: unknown = await answer.clone().json()
    return typeof body === 'object' && body !== null && 'error' in body && body.error === 'use_dpop_nonce'
  } catch {
    return false // No JSON, and so no answer of a token endpoint.
  }
}

/** A nonce for each server (RFC 9449 §8.2: the newest replaces the one before). */
class Nonces {
  /** Programs talk to a few servers; more than this is a crawl, which has to ask anew. */
  static readonly SERVERS_MAX = 100
  readonly #byOrigin = new Map<string, string>()

  of(url: string): string | undefined {
    return this.#byOrigin.get(new URL(url).origin)
  }

  remember(url: string, nonce: string | null): void {
    if (nonce === null) return
    if (this.#byOrigin.size >= Nonces.SERVERS_MAX) this.#byOrigin.clear()
    this.#byOrigin.set(new URL(url).origin, nonce)
  }
}
