/** What the client needs from where it runs, so that tests can put time and the network in its place. */
import { findPasskeyDevice, type PasskeyDevice } from './passkey-device.ts'

export interface Ports {
  readonly fetch: typeof globalThis.fetch
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
  /** Runs `action` once after `ms` milliseconds; calling the result before then cancels it. */
  readonly after: (ms: number, action: () => void) => () => void
  /** A number from 0 up to 1, for jitter only. */
  readonly chance: () => number
  /** Runs `action` while no other tab or worker of this origin runs one of the same name. */
  readonly exclusively: <T>(name: string, action: () => Promise<T>) => Promise<T>
  /** Null where there are no passkeys. */
  readonly passkeys: PasskeyDevice | null
}

/** The ports of a browser, of Node ≥ 20, of Deno, Bun or a worker. */
export function defaultPorts(fetch: typeof globalThis.fetch | undefined): Ports {
  return {
    // Browsers refuse a fetch that is called as a method of something else.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
    nowMs: () => Date.now(),
    after: (ms, action) => {
      const timer = setTimeout(action, ms)
      return () => clearTimeout(timer)
    },
    chance: () => Math.random(),
    exclusively: (name, action) => {
      const locks = findLocks()
      return locks === null ? action() : locks.request(name, action)
    },
    passkeys: findPasskeyDevice(),
  }
}

interface Locks {
  request<T>(name: string, action: () => Promise<T>): Promise<T>
}

/** Web Locks exist in secure contexts of browsers and in recent Nodes; elsewhere one process is one tab. */
function findLocks(): Locks | null {
  const scope: { readonly navigator?: { readonly locks?: Locks } } = globalThis
  return scope.navigator?.locks ?? null
}
