/**
 * One thing for many, as the console's lists do it (ADR 0032): first a dry run over exactly those, and with `--yes` the
 * thing itself, a hundred at a time, each by itself.
 */
import {
  type BulkInput,
  type BulkNoun,
  type BulkTally,
  type Client,
  emptyTally,
  readAllIds,
  runBulk,
} from '@countersign/client'
import type { Page } from '@countersign/protocol'
import { readIds } from '../bulk-ids.ts'
import type { Command } from '../command.ts'
import { connect } from '../connection.ts'
import { UsageError } from '../failures.ts'
import type { Input } from '../input.ts'
import { type Row, showRecord } from '../show.ts'
import type { Terminal } from '../terminal.ts'

const nouns = ['accounts', 'service-accounts', 'clients', 'api-keys'] as const satisfies readonly BulkNoun[]
const actions = ['end', 'disable', 'enable'] as const satisfies readonly BulkInput['action'][]

const bulk: Command = {
  name: 'bulk',
  summary: 'End, disable or enable many at once, after a dry run',
  positionals: [
    { name: 'kind', help: `One of: ${nouns.join(', ')}.` },
    { name: 'action', help: `One of: ${actions.join(', ')}. A disabled API key is suspended.` },
    { name: 'id', optional: true, many: true, help: 'Which ones.' },
  ],
  options: {
    'ids-file': {
      type: 'text',
      value: 'file',
      help: 'Further ids, the first word of each line; - for standard input. What a list prints will do.',
    },
    search: {
      type: 'text',
      value: 'text',
      help: 'All accounts or clients that are found by this text, as the list finds them.',
    },
    owner: { type: 'text', value: 'id', help: 'All API keys of this principal.' },
    all: { type: 'flag', help: 'All that there are.' },
    yes: { type: 'flag', help: 'After the dry run do it. Without it nothing is changed.' },
  },
  connects: true,
  notes: [
    'The dry run counts what ends, and what is left out: what is so already, what the caller stands on, and what one request about it would be refused for. Exactly those that were counted are done, a hundred at a time, each with an entry of its own in the audit log.',
    'Interrupted, it is called again: what was done is so already. Exit code 1 where one was refused.',
  ],
  run: async (input, terminal) => {
    const noun = readWord(nouns, input, 'kind')
    const action = readWord(actions, input, 'action')
    const list = readSelection(input, noun)
    const named = await readIds(input, terminal, bulk.name)
    if ((list === null) === (named.length === 0)) {
      throw new UsageError('Say which: ids, or one of --search, --owner and --all.', bulk.name)
    }
    const client = await connect(input, terminal)
    const ids = list === null ? named : await gather(list(client), terminal)
    const looked = await run(client, { noun, action, ids, dryRun: true }, terminal)
    if (!input.flag('yes')) {
      show(terminal, { noun, action, isDryRun: true }, looked)
      if (!terminal.json) terminal.err('Nothing was changed. With --yes it is done.')
      return looked.refused.length === 0 ? 0 : 1
    }
    if (!terminal.json) show(terminal, { noun, action, isDryRun: true }, looked)
    const done = await run(client, { noun, action, ids, dryRun: false }, terminal)
    show(terminal, { noun, action, isDryRun: false }, done)
    return done.refused.length === 0 ? 0 : 1
  },
}

function readWord<T extends string>(words: readonly T[], input: Input, name: string): T {
  const word = words.find((one) => one === input.required(name))
  if (word === undefined) throw new UsageError(`<${name}> is one of ${words.join(', ')}.`, bulk.name)
  return word
}

type List = (cursor: string | undefined) => Promise<Page<{ readonly id: string }>>

const PAGE = 200

/** Null where ids are named. At most one way to say which, and only where the list of that kind has it. */
function readSelection(input: Input, noun: BulkNoun): ((client: Client) => List) | null {
  const [search, owner] = [input.text('search'), input.text('owner')]
  const ways = [search !== undefined, owner !== undefined, input.flag('all')].filter((is) => is)
  if (ways.length === 0) return null
  if (ways.length > 1) throw new UsageError('--search, --owner and --all exclude each other.', bulk.name)
  if (search !== undefined && noun !== 'accounts' && noun !== 'clients') {
    throw new UsageError('--search finds accounts and clients.', bulk.name)
  }
  if (owner !== undefined && noun !== 'api-keys') {
    throw new UsageError('--owner is for api-keys.', bulk.name)
  }
  return (client) => (cursor) => {
    const page = { limit: PAGE, cursor }
    switch (noun) {
      case 'accounts':
        return client.accounts.list({ ...page, search })
      case 'clients':
        return client.clients.list({ ...page, search })
      case 'service-accounts':
        return client.serviceAccounts.list(page)
      case 'api-keys':
        return client.apiKeys.list({ ...page, owner: owner ?? 'all' })
    }
  }
}

/** Nobody stops this command but by ending it. */
const never = new AbortController().signal

const gather = (list: List, terminal: Terminal): Promise<readonly string[]> =>
  readAllIds(list, never, (count) => {
    if (terminal.isTty) terminal.err(`Looking for them: ${count} so far`)
  })

/** Where it breaks off, whoever watches is told how far it has come; the failure itself is told as always. */
async function run(
  client: Client,
  work: { noun: BulkNoun; action: BulkInput['action']; ids: readonly string[]; dryRun: boolean },
  terminal: Terminal,
): Promise<BulkTally> {
  const { ids, dryRun } = work
  let [at, tally] = [0, emptyTally]
  try {
    await runBulk(work, { at, tally }, never, client.bulk, (nextAt, next) => {
      at = nextAt
      tally = next
      if (terminal.isTty) terminal.err(`${dryRun ? 'Dry run: ' : ''}${at} of ${ids.length}`)
    })
  } catch (error) {
    if (!dryRun && !terminal.json) {
      terminal.err(`Interrupted after ${at} of ${ids.length}. Of the next hundred it is not known.`)
    }
    throw error
  }
  return tally
}

function show(
  terminal: Terminal,
  what: { noun: BulkNoun; action: BulkInput['action']; isDryRun: boolean },
  { done, unchanged, own, refused, ends }: BulkTally,
): void {
  const { noun, action, isDryRun } = what
  const json = {
    kind: noun,
    action,
    dry_run: isDryRun,
    [isDryRun ? 'ready' : 'done']: done,
    unchanged,
    own,
    refused: refused.map(({ id, code }) => ({ id, code })),
    ends,
  }
  const rows: Row[] = [
    [isDryRun ? `would ${action}` : action, `${done}`],
    ['so already', `${unchanged}`],
    ['yours, left out', `${own}`],
    ['refused', `${refused.length}`],
    ...(isDryRun
      ? [
          [
            'with them end',
            `${ends.sessions} sessions, ${ends.grants} grants, ${ends.api_keys} API keys`,
          ] as const,
        ]
      : []),
    ...refused.map(({ id, code }) => [`refused: ${code}`, id] as const),
  ]
  showRecord(terminal, json, rows)
}

export const commands: readonly Command[] = [bulk]
