/** All vectors for one program: those on the fake authority, and those on a real one. */
import type { Command } from './program.ts'
import { describeAccessTokens } from './vectors/access-tokens.ts'
import { describeLease } from './vectors/lease.ts'
import { describeLog } from './vectors/log.ts'
import { describeOpaque } from './vectors/opaque.ts'
import { describePlaces } from './vectors/places.ts'
import { describeRevocations } from './vectors/revocations.ts'

/** Declares the tests. The command is asked for when they run, since it may have to be built first. */
export function describeVerifier(command: () => Command): void {
  describeAccessTokens(command)
  describePlaces(command)
  describeOpaque(command)
  describeRevocations(command)
  describeLease(command)
  describeLog(command)
}
