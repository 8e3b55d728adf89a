/** Puts a verifier together: the checker, the feed that it lives by, its keys, its reports and its watchers. */
import { type CredentialStyle, parseOpaqueCredential } from '@countersign/protocol'
import { createAsk } from './authority/ask.ts'
import { type Call, createCall } from './authority/call.ts'
import { createFeed, type Feed } from './authority/feed.ts'
import { createKeySource, type KeySource } from './authority/keys.ts'
import { createTrouble } from './authority/trouble.ts'
import { MemoryChecker } from './check.ts'
import { type CheckerClock, type CheckerSettings, toSettings } from './checker-options.ts'
import { openProofDesk, type ProofDesk } from './dpop/desk.ts'
import { FeedVerifier } from './feed-verifier.ts'
import type { Instant } from './lease.ts'
import { type Memory, openMemory } from './memory.ts'
import { Reports } from './reports.ts'
import type { Timers, Verifier, VerifierOptions } from './verifier-types.ts'
import { Watcher } from './watch.ts'

/** Everything that a verifier is made of. */
export interface VerifierParts {
  readonly settings: CheckerSettings
  readonly audiences: readonly string[]
  readonly cookieName: string
  readonly verifierId: string
  readonly memory: Memory
  readonly checker: MemoryChecker
  readonly feed: Feed
  readonly keys: KeySource
  readonly reports: Reports
  readonly watcher: Watcher
  readonly proofs: ProofDesk
}

/**
 * Builds a verifier and lets it follow its authority's feed. Until `ready()` it answers `verifier_unavailable`
 * where it cannot know. Throws a `RangeError` or a `TypeError` for bad settings.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { timers = ownTimers, clock = ownClock } = options
  const bounds = { watchedMax: WATCHED_MAX, usedProofsMax: USED_PROOFS_MAX, ...options.bounds }
  const style = options.credentialStyle ?? { prefix: 'cs', environment: 'live' }
  const tell = options.onEvent ?? (() => {})
  const trouble = createTrouble(tell)
  const call = openCall(options, style, timers)
  const now = (): Instant => ({ monotonicMs: clock.monotonicMs(), wallMs: clock.nowMs() })
  const authorityMs = (monotonicMs: number): number => memory.lease.authorityMs(monotonicMs)
  const { leewaySeconds, lifetimeMaxSeconds } = options
  const audiences = [options.audience].flat()
  const settings = toSettings({
    issuer: options.issuer,
    audiences,
    style,
    clock,
    ask: createAsk(call, trouble, () => authorityMs(clock.monotonicMs())),
    renew: () => feed.renew(),
    ensureKeys: (isUnknown) => keys.ensure(isUnknown),
    bounds,
    ...(leewaySeconds !== undefined && { leewaySeconds }),
    ...(lifetimeMaxSeconds !== undefined && { lifetimeMaxSeconds }),
  })
  const memory = openMemory(settings.bounds, (held) => reports.collect(held))
  const checker = new MemoryChecker(settings, memory)
  const watcher = new Watcher({
    memory,
    now,
    timers,
    watchedMax: bounds.watchedMax,
    checkAgain: (credential, { credential: { kind } }) =>
      checker.check(credential, kind === 'access_token' ? 'lease' : 'online'),
  })
  const reports = new Reports({ call, trouble, timers, authorityMs, held: () => memory.verdicts.values() })
  const keys = createKeySource({
    call,
    trouble,
    timers,
    monotonicMs: () => clock.monotonicMs(),
    sharedKeys: options.sharedKeys ?? [],
    setKeys: (fetched) => memory.setKeys(fetched),
    onFetched: () => verifier.settle(),
  })
  const verifierId = toVerifierId()
  const onStep = (): void => {
    watcher.look()
    verifier.settle()
  }
  const feed = createFeed({ verifierId, call, trouble, timers, now, memory, keys, tell, onStep })
  const cookieName = options.cookieName ?? COOKIE_NAME
  const proofs = openProofDesk(options.proofs ?? {}, bounds.usedProofsMax, () => clock.monotonicMs())
  const beside = { feed, keys, reports, watcher, proofs }
  const parts = { settings, audiences, cookieName, verifierId, memory, checker, ...beside }
  const verifier = new FeedVerifier(parts)
  verifier.start()
  return verifier
}

const COOKIE_NAME = '__Host-countersign_session'
const WATCHED_MAX = 10_000
/** More than a thousand a second for a minute. */
const USED_PROOFS_MAX = 100_000

/** Held here: the global is a getter on some runtimes, and the clocks are most of what a warm check costs. */
const { performance } = globalThis

const ownClock: CheckerClock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() }

/** No timer of ours keeps a process running that has nothing else to do. */
const ownTimers: Timers = {
  set(ms, run) {
    const timer: unknown = setTimeout(run, ms)
    if (
      typeof timer === 'object' &&
      timer !== null &&
      'unref' in timer &&
      typeof timer.unref === 'function'
    ) {
      timer.unref()
    }
    return () => clearTimeout(timer as ReturnType<typeof setTimeout>)
  },
}

function openCall(options: VerifierOptions, style: CredentialStyle, timers: Timers): Call {
  const url = new URL(options.authorityUrl ?? options.issuer)
  // The key and every credential that is asked about go over this wire (RFC 6750 §5.3).
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    throw new RangeError('The authority is called by HTTPS, or on this very machine.')
  }
  if (parseOpaqueCredential(options.key, style)?.kind !== 'api_key') {
    throw new RangeError('The key is not an API key of this authority.')
  }
  // Called without a receiver, which the browsers' own insist on.
  const fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  return createCall({ url: url.href.replace(/\/$/, ''), key: options.key, fetch, timers })
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/** What this process is called in its polls: random, so that no two processes share it. */
function toVerifierId(): string {
  let id = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += byte.toString(16).padStart(2, '0')
  return id
}
