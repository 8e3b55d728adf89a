/** Why a request was refused, or what becomes of a credential at every check, asked of the authority. */
import type { CheckShape } from '@countersign/protocol'
import { Secret } from '@countersign/protocol'
import type { Command } from '../command.ts'
import { connect } from '../connection.ts'
import { UsageError } from '../failures.ts'
import type { Input } from '../input.ts'
import { readSecret } from '../secret-input.ts'
import { type Row, renderRecord, toWhen } from '../show.ts'
import type { Terminal } from '../terminal.ts'
import { refuseTwoSecrets } from '../two-secrets.ts'

const explain: Command = {
  name: 'explain',
  summary: 'Explain a refusal by its decision id, or a credential, check by check',
  positionals: [{ name: 'decision', optional: true, help: 'The decision id of a refusal: dec_….' }],
  options: {
    stdin: { type: 'flag', help: 'Read a credential from standard input, and run every check on it.' },
    permission: { type: 'list', value: 'permission', help: 'What it would be used for.' },
    audience: { type: 'text', value: 'audience', help: 'Where it would be presented.' },
    address: { type: 'text', value: 'address', help: 'From where it would be used.' },
  },
  connects: true,
  notes: [
    'Needs decisions:read. The credential is sent to the authority in the body of one request and kept nowhere; inspect takes it apart without asking anybody.',
    'Exit code 1: the credential does not pass every check.',
  ],
  run: async (input, terminal) => {
    refuseTwoSecrets(input, explain.name, 'stdin', 'key-stdin')
    const id = input.text('decision')
    if ((id !== undefined) === input.flag('stdin')) {
      throw new UsageError('Give a decision id, or pipe a credential in with --stdin.', explain.name)
    }
    return id === undefined ? explainCredential(input, terminal) : explainDecision(id, input, terminal)
  },
}

export const commands: readonly Command[] = [explain]

async function explainDecision(id: string, input: Input, terminal: Terminal): Promise<0> {
  const decision = await (await connect(input, terminal)).decisions.read(id)
  if (terminal.json) {
    terminal.out(JSON.stringify(decision))
    return 0
  }
  const rows: Row[] = [
    ['code', decision.code],
    ['reason', decision.reason],
    ['route', decision.route],
    ['credential', decision.credential_id],
    ['address', decision.address],
    ['reported by', decision.reported_by ?? 'this authority'],
    ['at', toWhen(decision.at)],
    ...momentRows(decision.position, decision.lease_ms),
  ]
  terminal.out(renderRecord(terminal, rows))
  showChecks(terminal, decision.checks, decision.mend)
  return 0
}

async function explainCredential(input: Input, terminal: Terminal): Promise<0 | 1> {
  const read = await readSecret(terminal, 'credential')
  const permissions = input.list('permission')
  const explained = await (await connect(input, terminal)).explain({
    credential: new Secret(read.reveal().trim()),
    ...(permissions.length > 0 && { permissions: [...permissions] }),
    audience: input.text('audience'),
    address: input.text('address'),
  })
  const exitCode = explained.good ? 0 : 1
  if (terminal.json) {
    terminal.out(JSON.stringify(explained))
    return exitCode
  }
  const rows: Row[] = [
    ['kind', explained.kind],
    ['id', explained.credential_id],
    ['verdict', explained.good ? 'good' : `${explained.code} (${explained.reason})`],
    ...momentRows(explained.position, explained.lease_ms),
  ]
  terminal.out(renderRecord(terminal, rows))
  showChecks(terminal, explained.checks, explained.mend)
  return exitCode
}

const momentRows = (position: number | null, leaseMs: number | null): readonly Row[] => [
  ['log position', position === null ? null : String(position)],
  ['lease left', leaseMs === null ? null : `${leaseMs} ms`],
]

const marks: Readonly<Record<CheckShape['verdict'], string>> = { passed: '✓', failed: '✗', not_reached: '·' }

function showChecks(terminal: Terminal, checks: readonly CheckShape[], mend: string | null): void {
  const { style } = terminal
  const paint = { passed: style.green, failed: style.red, not_reached: style.dim }
  const rows = checks.map(
    ({ check, verdict, saw }): Row => [
      check,
      `${marks[verdict]} ${verdict.replace('_', ' ')} ${saw ?? ''}`.trimEnd(),
    ],
  )
  terminal.out('')
  for (const [index, { verdict }] of checks.entries()) {
    const row = rows[index]
    if (row !== undefined) terminal.out(paint[verdict](renderRecord(terminal, [row])))
  }
  if (mend !== null) terminal.out(`\n${style.bold('mend')} ${mend}`)
}
