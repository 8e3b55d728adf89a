// An authority that has been lived in: opened with a clock that begins days ago, called through its `fetch` while the clock is moved on,
// and closed before a server opens the same folder. Without it, every list and every chart of a test would begin this minute.

import { Secret } from '@countersign/protocol'
import { bootstrapAuthority, createAuthority, loadConfig } from '@countersign/server'

export interface PastInput {
  /** The data folder, which a server is started on afterwards. */
  readonly data: string
  /** Variables of the server. */
  readonly settings: Readonly<Record<string, string>>
  readonly days: number
  readonly administrator: { readonly email: string; readonly name: string; readonly password: string }
}

export interface Past {
  /** The administrator, and an API key that may do everything. */
  readonly account: string
  readonly secret: string
  readonly baseUrl: string
  readonly fetch: typeof globalThis.fetch
  /** Moves on to so many seconds before now, or stays where that is past already. */
  goTo(secondsAgo: number): void
  close(): Promise<void>
}

/** Throws where the settings cannot be read or the folder cannot be opened. */
export async function openPast({ data, settings, days, administrator }: PastInput): Promise<Past> {
  const environment = { ...settings, COUNTERSIGN_DATA: data, COUNTERSIGN_LOG_LEVEL: 'silent' }
  const parsed = await loadConfig(environment, data)
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'))
  const clock = createPastClock(days * 86_400_000)
  const { email, name, password } = administrator
  const made = await bootstrapAuthority(parsed.config, { email, name, password: new Secret(password) }, clock)
  if (!made.ok) throw new Error('The first administrator could not be made.')
  const authority = await createAuthority(parsed.config, clock)
  return {
    account: made.account.id,
    secret: made.apiKey.secret.reveal(),
    baseUrl: parsed.config.issuer,
    fetch: async (input, init) =>
      authority.fetch(new Request(input, init), { remoteAddress: '127.0.0.1', encrypted: false }),
    goTo: clock.goTo,
    close: () => authority.close(),
  }
}

interface PastClock {
  nowMs(): number
  monotonicMs(): number
  goTo(secondsAgo: number): void
}

function createPastClock(agoMs: number): PastClock {
  const startMs = Date.now() - agoMs
  let elapsedMs = 0
  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    // Time does not go back: the audit log is a chain.
    goTo: (secondsAgo) => {
      elapsedMs = Math.max(elapsedMs, Date.now() - secondsAgo * 1000 - startMs)
    },
  }
}
