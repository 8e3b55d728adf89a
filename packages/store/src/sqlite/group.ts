/**
 * Group commit: requests that wait together run one after the other in one transaction, each in a SAVEPOINT
 * of its own, and reach the disk with one COMMIT. Nobody is answered before it.
 */
import { Rollback, type Script } from '../script.ts'
import { type Connection, isOutage } from './connection.ts'
import type { Fault, GroupAnswers, GroupLimits, WriteRequest } from './messages.ts'

export interface Group {
  readonly connection: Connection
  readonly transactions: Readonly<Record<string, (input: never) => Script<unknown>>>
  readonly limits: GroupLimits
  /** A clock that only moves forward. */
  readonly monotonicMs: () => number
}

/**
 * Runs and commits what `next` gives, at least one request and at most what the limits allow. A script that
 * throws is undone alone; when the transaction as a whole is lost, every request in it is answered with that.
 * Throws only when not even ROLLBACK works: then this connection must not be used any more.
 */
export function commitGroup(group: Group, next: () => WriteRequest | undefined): GroupAnswers {
  const values: unknown[] = []
  const faults: Fault[] = []
  let lost: unknown = null
  try {
    group.connection.control('begin immediate')
    runRequests(group, next, values, faults)
    group.connection.control('commit')
    return { values, faults }
  } catch (error) {
    lost = error
    if (group.connection.isInTransaction) group.connection.control('rollback')
  }
  // Where BEGIN itself fails, it has waited for seconds: those who wait behind it must not each wait as long.
  if (values.length === 0) {
    while (values.length < group.limits.requestsMax && next() !== undefined) values.push(undefined)
  }
  return { values, faults: values.map((_, index) => toFault(index, 'unavailable', lost)) }
}

function runRequests(
  group: Group,
  next: () => WriteRequest | undefined,
  values: unknown[],
  faults: Fault[],
): void {
  const { limits, monotonicMs } = group
  const startedMs = monotonicMs()
  while (values.length < limits.requestsMax) {
    if (values.length > 0 && monotonicMs() - startedMs >= limits.durationMsMax) return
    const request = next()
    if (request === undefined) return
    // The place is taken first, so that a loss of the whole transaction answers this request too.
    const index = values.push(undefined) - 1
    try {
      values[index] = runRequest(group, request)
    } catch (error) {
      if (!group.connection.isInTransaction) throw error
      faults.push(toFault(index, isOutage(error) ? 'unavailable' : 'failed', error))
    }
  }
}

/** Throws what the script threw, after undoing it, unless SQLite has given up the transaction by itself. */
function runRequest({ connection, transactions }: Group, request: WriteRequest): unknown {
  connection.control('savepoint request')
  try {
    const value = runScript(connection, toScript(transactions, request))
    connection.control('release request')
    return value
  } catch (error) {
    if (!connection.isInTransaction) throw error
    connection.control('rollback to request')
    connection.control('release request')
    if (error instanceof Rollback) return error.answer
    throw error
  }
}

function toScript(transactions: Group['transactions'], { name, input }: WriteRequest): Script<unknown> {
  const transaction = Object.hasOwn(transactions, name) ? transactions[name] : undefined
  if (transaction === undefined) throw new TypeError(`There is no transaction named ${name}.`)
  // `write` on the main thread has checked the input's type against the name.
  return transaction(input as never)
}

/** Runs a script to its end, statement by statement. */
export function runScript<T>(connection: Connection, script: Script<T>): T {
  let step = script.next()
  while (!step.done) step = script.next(connection.ask(step.value))
  return step.value
}

function toFault(index: number, kind: Fault['kind'], error: unknown): Fault {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  return { index, kind, name, message, stack }
}
