/**
 * The authority checks its own requests with the verifier that it ships. The feed hands it what stands in the log
 * (`feed/follower.ts`), and it holds a real lease on the store like every other verifier.
 */
import { type Clock, type Context, decide, type Policy } from '@countersign/core'
import { parseOpaqueCredential } from '@countersign/protocol'
import { type AskAnswer, type Checker, createChecker, importKey } from '@countersign/verifier'
import type { Feed } from './feed/ports.ts'
import type { Usage } from './usage.ts'

export interface OwnVerifier {
  /** Checks credentials for this authority's own routes. */
  readonly checker: Checker
  /** Checks access tokens whoever they are for; the asker's audience is compared by the door. */
  readonly anyAudience: Checker
  /** Keys as JWKs, shared ones included. */
  takeKeys(jwks: readonly unknown[]): Promise<void>
}

export interface OwnVerifierParts {
  readonly clock: Clock
  readonly policy: Policy
  readonly usage: Usage
  /** Late, since the doors need the feed, the feed this verifier, and it asks the doors. */
  readonly context: () => Context
  readonly feed: () => Pick<Feed, 'follow'>
}

/** Asking is a read of our own store here, and each is the request of somebody who waits for it anyway. */
const BOUNDS = { asksMax: 10_000 }

export function createOwnVerifier(parts: OwnVerifierParts): OwnVerifier {
  const { policy } = parts
  const common = {
    issuer: policy.issuer,
    style: policy.credentialStyle,
    clock: parts.clock,
    ask: (credential: string) => ask(parts, credential),
    renew: () => parts.feed().follow(),
    // A key that is not known here may have been announced in the log already, and sign by time alone (rule 8).
    ensureKeys: (isUnknown: boolean) =>
      !isUnknown ||
      parts
        .feed()
        .follow()
        .then(
          () => true,
          () => false,
        ),
    leewaySeconds: policy.leewaySeconds,
    lifetimeMaxSeconds: policy.accessTokenLifetimeSecondsMax,
  }
  const checker = createChecker({ ...common, audiences: policy.audiences, bounds: BOUNDS })
  // Answers questions about access tokens only, few of them twice: a small memory is enough.
  const anyAudience = createChecker({ ...common, audiences: 'any', bounds: { ...BOUNDS, verdictsMax: 1000 } })
  return {
    checker,
    anyAudience,
    takeKeys: async (jwks) => {
      const keys = await Promise.all(jwks.map((jwk) => importKey(jwk)))
      checker.setKeys(keys)
      anyAudience.setKeys(keys)
    },
  }
}

async function ask({ context, usage, policy }: OwnVerifierParts, credential: string): Promise<AskAnswer> {
  // A use of it that waits to be written has moved its idle deadline already.
  const id = parseOpaqueCredential(credential, policy.credentialStyle)?.id
  if (id !== undefined && usage.isWaiting(id)) await usage.flush()
  const core = context()
  const decision = await decide(core, credential, core.clock.nowMs())
  return decision.ok
    ? { kind: 'active', verdict: decision.verdict }
    : { kind: 'refused', reason: decision.reason }
}
