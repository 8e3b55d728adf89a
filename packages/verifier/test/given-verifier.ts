/** A verifier that follows a fake authority, on clocks and timers that only the test moves. */
import type { TestContext } from 'node:test'
import { createVerifier } from '../src/create-verifier.ts'
import type { Verifier, VerifierEvent, VerifierOptions } from '../src/verifier-types.ts'
import { FakeAuthority } from './fake-authority.ts'
import { AUDIENCE, givenOpaque, HandClock, ISSUER, type SigningPair } from './given.ts'
import { HandTimers, settle } from './hand-timers.ts'

export interface GivenVerifier {
  readonly verifier: Verifier
  readonly authority: FakeAuthority
  readonly clock: HandClock
  readonly timers: HandTimers
  readonly events: VerifierEvent[]
  /** The names of what was told, in order. */
  readonly told: () => readonly string[]
}

export interface GivenVerifierOptions extends Partial<VerifierOptions> {
  readonly keys?: readonly SigningPair[]
  /** Changes the authority before the verifier is there. */
  readonly prepare?: (authority: FakeAuthority) => void
}

/** The resource server's own API key. */
export const KEY: string = givenOpaque('api_key').text

/** Ready, with a lease, unless the authority was prepared to refuse that. */
export async function givenVerifier(
  t: TestContext,
  { keys = [], prepare, ...options }: GivenVerifierOptions = {},
): Promise<GivenVerifier> {
  const clock = new HandClock()
  const timers = new HandTimers(clock)
  const authority = new FakeAuthority(clock, timers)
  const events: VerifierEvent[] = []
  authority.keys = [...keys]
  prepare?.(authority)
  const verifier = createVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    key: KEY,
    fetch: authority.fetch,
    clock,
    timers,
    onEvent: (event) => events.push(event),
    ...options,
  })
  t.after(() => verifier.close())
  await settle()
  return { verifier, authority, clock, timers, events, told: () => events.map(({ kind }) => kind) }
}
