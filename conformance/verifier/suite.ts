/** All vectors for one program: those on the fake authority, and those on a real one. */
import { describe } from 'node:test'
import type { Command } from './program.ts'
import { describeAccessTokens } from './vectors/access-tokens.ts'
import { describeLease } from './vectors/lease.ts'
import { describeLog } from './vectors/log.ts'
import { describeOpaque } from './vectors/opaque.ts'
import { describePlaces } from './vectors/places.ts'
import { describeReal } from './vectors/real.ts'
import { describeRevocations } from './vectors/revocations.ts'
import { describeUsage } from './vectors/usage.ts'

/** Declares the tests. Those that wait for a lease to run out come first, since the others fit in beside them. */
export function describeVerifier(name: string, command: Command): void {
  describe(name, { concurrency: 4 }, () => {
    describeLease(command)
    describeLog(command)
    describeReal(command)
    describeUsage(command)
    describeRevocations(command)
    describeAccessTokens(command)
    describePlaces(command)
    describeOpaque(command)
  })
}
