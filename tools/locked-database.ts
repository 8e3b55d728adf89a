// An outage of the embedded database, for tests: another program holds its write lock, so that nothing can be written.

import { DatabaseSync } from 'node:sqlite'

/** Holds the write lock of the SQLite database in `file` while `act` runs. */
export async function whileLocked(file: string, act: () => Promise<void>): Promise<void> {
  const database = new DatabaseSync(file)
  try {
    database.exec('begin immediate')
    await act()
  } finally {
    database.close()
  }
}
