/** Brings the database up to this version, for those who want that apart from starting the server. */
import { migrateDatabase } from '@countersign/server'
import type { Command } from '../command.ts'
import { dataOptions, findConfig, tellDatabase, tellPlace } from '../configuration.ts'
import { showRecord } from '../show.ts'

const migrate: Command = {
  name: 'migrate',
  summary: 'Bring the database up to this version',
  options: dataOptions,
  notes: [
    'A starting server does the same by itself. Older and newer servers may run side by side meanwhile.',
  ],
  run: async (input, terminal) => {
    const config = await findConfig(input, terminal)
    tellPlace(terminal, config)
    await migrateDatabase(config)
    const database = tellDatabase(config)
    showRecord(terminal, { database, current: true }, [[database, 'is at this version']])
    return 0
  },
}

export const commands: readonly Command[] = [migrate]
