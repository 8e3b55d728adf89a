/** What the client's tests stand on: a clock that moves only when told, and an authority that answers as told. */
import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Secret, toOpaqueCredential, toSecretText } from '@countersign/protocol'
import { type Client, type ClientOptions, createClientWith } from '../src/client.ts'
import type { PasskeyDevice } from '../src/passkey-device.ts'

export const BASE_URL = 'https://authority.example'
export const STYLE = { prefix: 'cs', environment: 'live' } as const

/** One request as the authority would see it. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly path: string
  readonly headers: Headers
  readonly body: string
  readonly init: RequestInit
}

export type Responder = (seen: Seen) => Response | Promise<Response>

export interface FakeAuthority {
  readonly seen: Seen[]
  readonly clock: FakeClock
  client(options?: Partial<ClientOptions>, locks?: Locks, passkeys?: PasskeyDevice): Client
  /** Requests to one path. */
  to(path: string): Seen[]
}

/** Stands for the Web Locks of one browser: clients that share it are tabs. */
export type Locks = <T>(name: string, action: () => Promise<T>) => Promise<T>

export function fakeAuthority(respond: Responder): FakeAuthority {
  const seen: Seen[] = []
  const clock = fakeClock()
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const url = String(input)
    const one: Seen = {
      method: init.method ?? 'GET',
      url,
      path: new URL(url).pathname,
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? init.body : '',
      init,
    }
    seen.push(one)
    return respond(one)
  }
  return {
    seen,
    clock,
    client: (options = {}, locks = (_, action) => action(), passkeys) => {
      const ports = {
        fetch,
        nowMs: clock.nowMs,
        after: clock.after,
        chance: () => 0.5,
        exclusively: locks,
        passkeys: passkeys ?? null,
      }
      return createClientWith(ports, { baseUrl: BASE_URL, ...options })
    },
    to: (path) => seen.filter((one) => one.path === path),
  }
}

export interface FakeClock {
  readonly nowMs: () => number
  readonly after: (ms: number, action: () => void) => () => void
  /** Moves on, running what falls due, and lets promises settle before and after. */
  advance(ms: number): Promise<void>
  /** How many timers are set. */
  pending(): number
}

export function fakeClock(startMs = 1_800_000_000_000): FakeClock {
  let nowMs = startMs
  let timers: { atMs: number; action: () => void }[] = []
  return {
    nowMs: () => nowMs,
    after: (ms, action) => {
      const timer = { atMs: nowMs + ms, action }
      timers.push(timer)
      return () => {
        timers = timers.filter((one) => one !== timer)
      }
    },
    advance: async (ms) => {
      await nextTurn()
      nowMs += ms
      const due = timers.filter((one) => one.atMs <= nowMs)
      timers = timers.filter((one) => one.atMs > nowMs)
      for (const { action } of due) action()
      await nextTurn()
    },
    pending: () => timers.length,
  }
}

/** Lets time pass until the promise settles, a second at a time, and gives what it failed with. */
export async function failureOf(clock: FakeClock, promise: Promise<unknown>): Promise<unknown> {
  let settled = false
  const failure = promise.then(
    () => assert.fail('It was expected to fail.'),
    (error: unknown) => error,
  )
  const end = failure.finally(() => {
    settled = true
  })
  for (let second = 0; !settled && second < 60; second += 1) await clock.advance(1000)
  return settled ? end : assert.fail('It neither failed nor succeeded within a minute.')
}

/** Locks as browsers give them: first come, first served, per name. */
export function browserLocks(): Locks {
  const tails = new Map<string, Promise<unknown>>()
  return (name, action) => {
    const run = (tails.get(name) ?? Promise.resolve()).then(action)
    tails.set(
      name,
      run.catch(() => undefined), // The next in line waits for the end of this one, however it ends.
    )
    return run
  }
}

export const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })

export const problem = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  answer(
    status,
    {
      type: 'about:blank',
      title: `Title of ${code}`,
      status,
      detail: 'Told in words.',
      code,
      decision_id: 'dec_1',
    },
    headers,
  )

export const ME: object = { principal: { kind: 'account', id: 'acc_1' }, credential: {}, permissions: [] }

/** A refresh token of one family, told apart by a number. */
export function refreshToken(generation: number): Secret {
  const secret = toSecretText(new Uint8Array(32).fill(generation))
  return toOpaqueCredential(STYLE, 'refresh', 'gra_01hzzzzzzz0000000000000000', secret)
}

/** An access token whose only true part is when it expires. */
export function accessToken(name: string, expiresAtMs: number): Secret {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { jti: name, exp: Math.floor(expiresAtMs / 1000) }
  return new Secret(`${encode({ alg: 'ES256', typ: 'at+jwt' })}.${encode(claims)}.c2lnbmF0dXJl`)
}

export const tokenAnswer = (access: Secret, refresh: Secret, expiresIn = 900): Response =>
  answer(200, {
    access_token: access.reveal(),
    token_type: 'Bearer',
    expires_in: expiresIn,
    scope: '',
    refresh_token: refresh.reveal(),
  })
