/** After a backup was restored: nothing that was issued before is accepted any more. */
import { beginEpoch } from '@countersign/server'
import type { Command } from '../command.ts'
import { dataOptions, findConfig, tellDatabase, tellPlace } from '../configuration.ts'
import { UsageError } from '../failures.ts'
import { showRecord } from '../show.ts'

const MEANING =
  'A new epoch ends everything that was issued before it: all sessions, access tokens, refresh tokens and API ' +
  'keys, an administrator’s included. People sign in again, and programs are given new keys.'

const newEpoch: Command = {
  name: 'new-epoch',
  summary: 'After restoring a backup: refuse everything that was issued before',
  options: {
    yes: { type: 'flag', help: 'Do it; without this, only what it means is told.' },
    ...dataOptions,
  },
  notes: [
    MEANING,
    'A restored database has forgotten the revocations since its backup, and gives their positions a second time. Accounts, roles, passwords and signing keys are as they were in the backup: look through them as well.',
    'A server may be running meanwhile: it learns of it from the log within a second, and the verifiers that follow it with their next poll.',
  ],
  run: async (input, terminal) => {
    const config = await findConfig(input, terminal)
    tellPlace(terminal, config)
    if (!input.flag('yes'))
      throw new UsageError(`${MEANING} Nothing was done: repeat with --yes.`, 'new-epoch')
    const { before, after } = await beginEpoch(config)
    const json = {
      database: tellDatabase(config),
      epoch: after.epoch,
      position: after.position,
      before: { epoch: before.epoch, position: before.position },
    }
    showRecord(terminal, json, [
      ['epoch', after.epoch],
      ['position', String(after.position)],
      ['before', `${before.epoch} at ${before.position}`],
    ])
    if (terminal.isTty) terminal.err(MEANING)
    return 0
  },
}

export const commands: readonly Command[] = [newEpoch]
