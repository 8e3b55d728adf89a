/**
 * Whether a password has leaked, asked of a range server by k-anonymity: the first five digits of its SHA-1 go
 * out, some thousand candidates come back, and the comparison is made here. SHA-1 is what such collections are
 * indexed by; it protects nothing, and nothing that is made with it is kept.
 */
import { createHash } from 'node:crypto'
import type { BreachedPasswords, Clock } from '@countersign/core'
import { createCircuit } from './circuit.ts'
import { hasSuffix, type Range } from './range-answer.ts'
import { type RangeServer, requestRange } from './range-request.ts'
import { createRanges } from './ranges.ts'

const PREFIX_DIGITS = 5
/** Questions at once. More are people whom a slow service must not make wait for each other. */
export const QUESTIONS_MAX = 32

export function createBreachedPasswords(
  server: RangeServer,
  clock: Pick<Clock, 'monotonicMs'>,
): BreachedPasswords {
  const circuit = createCircuit(clock)
  const ranges = createRanges(clock)
  const asking = new Map<string, Promise<Range | null>>()

  const ask = async (prefix: string): Promise<Range | null> => {
    const range = await requestRange(server, prefix)
    circuit.report(range !== null)
    if (range !== null) ranges.keep(prefix, range)
    return range
  }
  const find = (prefix: string): Promise<Range | null> => {
    const known = ranges.read(prefix)
    if (known !== null) return Promise.resolve(known)
    const underWay = asking.get(prefix)
    if (underWay !== undefined) return underWay
    if (asking.size >= QUESTIONS_MAX || !circuit.enter()) return Promise.resolve(null)
    const answer = ask(prefix).finally(() => asking.delete(prefix))
    asking.set(prefix, answer)
    return answer
  }
  return {
    async find(password) {
      const digest = createHash('sha1').update(password.reveal(), 'utf8').digest('hex').toUpperCase()
      const range = await find(digest.slice(0, PREFIX_DIGITS))
      if (range === null) return 'unknown'
      return hasSuffix(range, digest.slice(PREFIX_DIGITS)) ? 'breached' : 'clear'
    },
  }
}
