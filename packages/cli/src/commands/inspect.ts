/** Explains a credential offline; with an authority at hand, also what that says about it. */
import { type Inspection, inspectCredential } from '@countersign/client'
import { Secret, type VerifyResponse } from '@countersign/protocol'
import type { Command, ExitCode } from '../command.ts'
import { connect, namesAuthority } from '../connection.ts'
import { UsageError } from '../failures.ts'
import type { Input } from '../input.ts'
import { readSecret } from '../secret-input.ts'
import { type Row, renderRecord, toList, toWhen } from '../show.ts'
import type { Terminal } from '../terminal.ts'
import { refuseTwoSecrets } from '../two-secrets.ts'

const inspect: Command = {
  name: 'inspect',
  summary: 'Explain a credential, part by part',
  positionals: [
    {
      name: 'credential',
      optional: true,
      help: 'The credential; --stdin keeps it out of the shell history.',
    },
  ],
  options: { stdin: { type: 'flag', help: 'Read the credential from standard input.' } },
  connects: true,
  notes: [
    'Without an authority nothing is sent anywhere. With one, named by --url, COUNTERSIGN_URL or an API key, its verdict is shown too; the key needs credentials:verify.',
    'Secrets and signatures are never shown. Exit code 1: malformed, or not accepted by the authority.',
  ],
  run: async (input, terminal) => {
    refuseTwoSecrets(input, inspect.name, 'stdin', 'key-stdin')
    const credential = await readCredential(input, terminal)
    const inspection = inspectCredential(credential.reveal(), Date.now())
    const mayAsk = inspection.kind !== 'unknown' && namesAuthority(input, terminal)
    const verdict = mayAsk ? await (await connect(input, terminal)).verify({ credential }) : null
    show(terminal, inspection, verdict)
    return exitCodeOf(inspection, verdict)
  },
}

export const commands: readonly Command[] = [inspect]

async function readCredential(input: Input, terminal: Terminal): Promise<Secret> {
  const given = input.text('credential')
  if (given === undefined) {
    if (!input.flag('stdin'))
      throw new UsageError('Give a credential, or pipe one in with --stdin.', inspect.name)
    const read = await readSecret(terminal, 'credential')
    return new Secret(read.reveal().trim())
  }
  if (input.flag('stdin')) throw new UsageError('Give a credential or --stdin, not both.', inspect.name)
  terminal.err(
    'The credential is now in the history of your shell and in the list of processes; --stdin keeps it out.',
  )
  return new Secret(given.trim())
}

function exitCodeOf(inspection: Inspection, verdict: VerifyResponse | null): ExitCode {
  return inspection.wellFormed && (verdict === null || verdict.active) ? 0 : 1
}

function show(terminal: Terminal, inspection: Inspection, verdict: VerifyResponse | null): void {
  if (terminal.json) {
    terminal.out(JSON.stringify({ ...inspection, verdict }))
    return
  }
  const { style } = terminal
  terminal.out(style.bold(titles[inspection.kind]))
  if (inspection.parts.length > 0) terminal.out(renderParts(terminal, inspection))
  for (const warning of inspection.warnings) terminal.out(`${style.yellow('warning')} ${warning}`)
  if (verdict !== null) terminal.out(`\n${renderVerdict(terminal, verdict)}`)
}

const titles: Readonly<Record<Inspection['kind'], string>> = {
  session: 'Session token',
  refresh: 'Refresh token',
  api_key: 'API key',
  access_token: 'Access token (JWT)',
  jwt: 'JWT',
  unknown: 'Not a credential that is known here',
}

/** The inspection has made names and values harmless already. */
function renderParts(terminal: Terminal, { parts }: Inspection): string {
  if (!terminal.isTty) return parts.map((part) => `${part.name}\t${part.value}\t${part.meaning}`).join('\n')
  const { dim } = terminal.style
  const width = Math.max(...parts.map((part) => part.name.length))
  return parts
    .map(({ name, value, meaning }) => `  ${dim(name.padEnd(width))}  ${value}  ${dim(meaning)}`)
    .join('\n')
}

function renderVerdict(terminal: Terminal, verdict: VerifyResponse): string {
  const { style } = terminal
  if (!verdict.active) {
    return `${style.red('The authority refuses it')}: ${verdict.code}\ndecision: ${verdict.decision_id}`
  }
  const rows: Row[] = [
    ['speaks for', `${verdict.principal.kind} ${verdict.principal.id}`],
    ['permissions', toList(verdict.permissions)],
    ['audiences', toList(verdict.audiences)],
    ['expires', toWhen(verdict.credential.expires_at)],
    ['path', verdict.credential.path.map((node) => `${node.kind} ${node.id}`).join(' › ')],
    ['decided at', `position ${verdict.position}`],
  ]
  return `${style.green('The authority accepts it')}\n${renderRecord(terminal, rows)}`
}
