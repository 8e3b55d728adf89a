/**
 * Secrets that have matched before. Programs present the same secret with every request, and the keyed digest of it costs
 * several times what looking it up does.
 */
import { hash, randomBytes } from 'node:crypto'
import type { Secret } from '@countersign/protocol'

/** Whether a presented secret is the one that a stored digest was made of. */
export type Match = (secret: Secret, stored: string) => boolean

export interface Proven {
  readonly matches: Match
}

/** Whoever has more is compared as at first; each is some 150 bytes. */
const PROVEN_MAX = 1_000
const KEY_BYTES = 32

/**
 * Remembers what has matched, and nothing about what has not: whoever guesses is compared each time, and finds nothing in
 * the memory. What it holds are hashes under a key of this process, which are no use to anybody who reads them; secrets
 * that match are random and at least 128 bits long, or it could be tried which of them is meant. A secret that was
 * removed matches still, and counts no more: its digest is not among those that a caller compares with.
 */
export function createProven(match: Match, provenMax: number = PROVEN_MAX): Proven {
  // Fixed in length and in front: nothing that is presented can be shifted into it.
  const key = randomBytes(KEY_BYTES).toString('base64url')
  const proven = new Map<string, string>()
  return {
    matches: (secret, stored) => {
      const name = hash('sha256', key + secret.reveal(), 'base64url')
      if (proven.get(name) === stored) return true
      if (!match(secret, stored)) return false
      if (proven.size >= provenMax) proven.clear()
      proven.set(name, stored)
      return true
    },
  }
}
