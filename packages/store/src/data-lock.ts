/**
 * One server per data folder. Two would both be right about the database, but each would keep its own leases,
 * caches and counters, and a revocation at one would not reach those who ask the other.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createFile } from './sqlite/connection.ts'

export interface DataLock {
  /** Safe to call twice. */
  close(): void
}

// A connection that nothing refers to is closed by the garbage collector, and its lock would be gone with it.
const held = new Set<DatabaseSync>()

/**
 * Takes the folder for this process until it closes the lock or ends; makes the folder when it is missing.
 * It is a lock of the operating system, held by an open transaction on an empty SQLite file: it falls with the
 * process, however that ends, and no stale file is ever in the way.
 * Throws with one sentence when another process holds it. It does not guard folders on file systems that do
 * not lock, such as some network shares.
 */
export function openDataLock(folder: string): DataLock {
  const file = join(folder, 'server.lock')
  createFile(file)
  const db = new DatabaseSync(file, { timeout: 0 })
  try {
    db.exec('pragma journal_mode = memory')
    db.exec('begin exclusive')
  } catch (error) {
    db.close()
    if (!isBusy(error)) throw new Error(`The lock ${file} cannot be taken.`, { cause: error })
    throw new Error(`Another Countersign server is already running on the folder ${folder}.`, {
      cause: error,
    })
  }
  held.add(db)
  return {
    close(): void {
      if (held.delete(db)) db.close()
    },
  }
}

const BUSY = 5

const isBusy = (error: unknown): boolean =>
  error instanceof Error &&
  'errcode' in error &&
  typeof error.errcode === 'number' &&
  (error.errcode & 0xff) === BUSY
