/**
 * Keeps the issuer's public keys fresh (lease protocol, rule 8; RFC 7517 §5): fetched with the first lease and after
 * every lapse, at each announcement, now and then, and when a token names a key that is not here.
 */
import { ID_TOKENS_ONLY, KEY_PURPOSE_MEMBER } from '@countersign/protocol'
import { importKey, type VerificationKey } from '../jwt/keys.ts'
import type { Timers } from '../verifier-types.ts'
import type { Call } from './call.ts'
import { readKeySet } from './read-answers.ts'
import type { Trouble } from './trouble.ts'

export interface KeySource {
  /** See `CheckerOptions`. */
  ensure(isUnknown: boolean): true | Promise<boolean>
  /** Fetches the set once more, beginning now. False when it could not be. */
  refresh(): Promise<boolean>
  /** What is here is no longer enough: access tokens wait for the next fetch. */
  expire(): void
  isFresh(): boolean
  close(): void
}

export interface KeySourceParts {
  readonly call: Call
  readonly trouble: Trouble
  readonly timers: Timers
  readonly monotonicMs: () => number
  readonly sharedKeys: readonly object[]
  readonly setKeys: (keys: readonly VerificationKey[]) => void
  /** Runs after each fetch. */
  readonly onFetched: () => void
}

const FETCH_MS_MAX = 3_000
const REFRESH_MS = 300_000
/** After a failure, while access tokens wait; the longer one while what is here will still do. */
const RETRY_MS = 1_000
const RETRY_AT_LEISURE_MS = 30_000
/** Tokens with unknown keys cause one fetch in so long. */
const UNKNOWN_KEY_MS = 5_000

export function createKeySource(parts: KeySourceParts): KeySource {
  const { timers, monotonicMs } = parts
  // Counts what has asked for a fetch: one that began before does not answer it.
  let wanted = 0
  let needed = 0
  let fetched = -1
  let running: { readonly since: number; readonly done: Promise<boolean> } | null = null
  let triedAtMs = Number.NEGATIVE_INFINITY
  let hasWorked = false
  let cancel = (): void => {}
  let isClosed = false

  const isFresh = (): boolean => fetched >= needed

  const fetchKeys = async (since: number): Promise<boolean> => {
    triedAtMs = monotonicMs()
    hasWorked = await parts
      .trouble('keys', async () => {
        const { status, body } = await parts.call('/.well-known/jwks.json', { timeLimitMs: FETCH_MS_MAX })
        if (status !== 200) throw new Error(`status ${status}`)
        const keys = await importAll(readKeySet(body), parts.sharedKeys)
        if (!isClosed) parts.setKeys(keys)
        return true
      })
      .catch(() => false)
    if (hasWorked) fetched = Math.max(fetched, since)
    running = null
    cancel()
    const pauseMs = hasWorked ? REFRESH_MS : isFresh() ? RETRY_AT_LEISURE_MS : RETRY_MS
    if (!isClosed) cancel = timers.set(pauseMs * (0.8 + Math.random() / 5), () => void refresh())
    parts.onFetched()
    return hasWorked
  }

  /** One that began after `wanted` was counted, even if another is under way. */
  const join = (): Promise<boolean> => {
    const since = wanted
    if (running === null) {
      const done = fetchKeys(since)
      running = { since, done }
      return done
    }
    return running.since >= since ? running.done : running.done.then(join)
  }
  const refresh = (): Promise<boolean> => {
    wanted += 1
    return join()
  }

  return {
    ensure(isUnknown) {
      const agoMs = monotonicMs() - triedAtMs
      if (isFresh()) {
        if (!isUnknown) return true
        if (running === null && agoMs < UNKNOWN_KEY_MS) return hasWorked || Promise.resolve(false)
      } else if (running === null && agoMs < RETRY_MS && !hasWorked) return Promise.resolve(false)
      return join().then((isDone) => isDone && isFresh())
    },
    refresh,
    expire() {
      wanted += 1
      needed = wanted
    },
    isFresh,
    close() {
      isClosed = true
      cancel()
    },
  }
}

/** Keys that are not for us or not known to us are skipped, as RFC 7517 §5 asks; two of one name are an error. */
async function importAll(
  published: readonly unknown[],
  sharedKeys: readonly object[],
): Promise<readonly VerificationKey[]> {
  const keys = await Promise.all(published.map(importOrSkip))
  const known = keys.filter((key) => key !== null)
  return [...known, ...(await Promise.all(sharedKeys.map((key) => importKey(key))))]
}

async function importOrSkip(jwk: unknown): Promise<VerificationKey | null> {
  try {
    if (isForIdTokens(jwk)) return null
    const key = await importKey(jwk)
    // A secret that stands in a public set is none: anybody could sign with it. PS256 signs ID tokens at most.
    return key.algorithm === 'HS256' || key.algorithm === 'PS256' ? null : key
  } catch {
    return null
  }
}

/** What signs for relying parties alone verifies no access token: a key is good for what it was made for. */
const isForIdTokens = (jwk: unknown): boolean =>
  typeof jwk === 'object' && jwk !== null && Reflect.get(jwk, KEY_PURPOSE_MEMBER) === ID_TOKENS_ONLY
