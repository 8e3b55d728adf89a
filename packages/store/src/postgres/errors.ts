/** What an error of the Postgres driver means to the caller: try again here, come back later, or a bug. */
import { StoreUnavailable } from '@countersign/core/records'

/** The database ended the transaction so that others could go on. Nothing was done; the same may be tried again. */
export class Conflict extends Error {
  constructor(cause: unknown) {
    super('The database ended a transaction that collided with others.', { cause })
    this.name = 'Conflict'
  }
}

/**
 * Tells the driver's errors apart. Statements that are wrong keep the database's own error; what has no
 * SQLSTATE comes from the connection, unless its type says that a statement or its answer was misused.
 */
export function toStoreError(error: unknown): Error {
  if (error instanceof TypeError || error instanceof RangeError) return error
  const state = sqlStateOf(error)
  if (isConflict(state, error)) return new Conflict(error)
  if (state === null || isOutage(state)) return toUnavailable(error)
  return error instanceof Error ? error : new Error(String(error))
}

export function toUnavailable(cause: unknown): StoreUnavailable {
  // A refused connection to a name with several addresses has a code and no message.
  const reason = cause instanceof Error && cause.message !== '' ? cause.message : codeOf(cause)
  return new StoreUnavailable(`The database did not answer: ${reason}`, { cause })
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error)

/** True when the connection is still good after this error: the database itself has answered. */
export const isAnswer = (error: unknown): boolean => {
  const state = sqlStateOf(error)
  return state !== null && !isOutage(state) && !isStalePlan(state, error)
}

/** The five characters of appendix A of the Postgres manual, or null where the database did not speak. */
function sqlStateOf(error: unknown): string | null {
  // Errors of sockets have codes too (`EPIPE`), but only those of the database have a severity.
  if (!(error instanceof Error && 'severity' in error)) return null
  const code = codeOf(error)
  return /^[0-9A-Z]{5}$/.test(code) ? code : null
}

const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'

function isConflict(state: string | null, error: unknown): boolean {
  return state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED || isStalePlan(state, error)
}

/** A migration has changed a table under a prepared statement; a fresh connection prepares it anew. */
function isStalePlan(state: string | null, error: unknown): boolean {
  return (
    state === '0A000' &&
    error instanceof Error &&
    'routine' in error &&
    error.routine === 'RevalidateCachedQuery'
  )
}

/** How Postgres answers a wrong number of values: of class 08, but a bug and no outage. */
const PROTOCOL_VIOLATION = '08P01'
const OUTAGES: ReadonlySet<string> = new Set([
  '25006', // A write on a read-only server: a standby, or a primary that was demoted.
  '25P03', // Idle in a transaction for too long: this process was paused.
  '25P04', // The transaction took too long.
  '40003', // COMMIT was not confirmed.
  '55P03', // A lock was not free in time.
])
// Connection exceptions, refused sign-in, unknown database, out of resources, cancelled (the time limit of a
// statement too) or shut down, system errors, internal errors.
const OUTAGE_CLASSES: ReadonlySet<string> = new Set(['08', '28', '3D', '53', '57', '58', 'XX'])

const isOutage = (state: string): boolean =>
  state !== PROTOCOL_VIOLATION && (OUTAGES.has(state) || OUTAGE_CLASSES.has(state.slice(0, 2)))
