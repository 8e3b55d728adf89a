/** Ids of requests and of the decisions about them: unique, cheap, and no secret. */
import { randomBytes } from 'node:crypto'

/**
 * `dec_`, sixteen characters that name this process, ten that count. They are made for every request, so
 * they cost an addition; nothing is protected by their being hard to guess.
 */
export function createDecisionIds(): () => string {
  const processPart = randomBytes(8).toString('hex')
  let count = 0
  return () => {
    count += 1
    return `dec_${processPart}${count.toString(16).padStart(10, '0')}`
  }
}
