/** Looking into the embedded database of a server that runs, and of one that was killed. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Query } from './flaws.ts'

export const FILE = 'countersign.db'

/** Each question on a connection of its own, which sees what is committed. */
export function queryOf(file: string): Query {
  return async (text) => {
    const db = new DatabaseSync(file, { readOnly: true })
    try {
      return db.prepare(text).all()
    } finally {
      db.close()
    }
  }
}

/** Looks at a copy: whoever opens the file itself recovers it, which is the next server's task. */
export async function withCopy(folder: string, look: (query: Query) => Promise<void>): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), 'countersign-copy-'))
  try {
    for (const name of [FILE, `${FILE}-wal`]) copyFileSync(join(folder, name), join(copy, name))
    await look(queryOf(join(copy, FILE)))
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}
