/** Runs the authority in the foreground until it is told to stop. */
import module from 'node:module'
import { type Config, type RunningServer, serve, tellMail } from '@countersign/server'
import type { Command, ExitCode } from '../command.ts'
import { dataOptions, findConfig, tellDatabase } from '../configuration.ts'
import type { Row } from '../show.ts'
import type { Terminal } from '../terminal.ts'

const serveCommand: Command = {
  name: 'serve',
  summary: 'Run the authority',
  options: {
    port: { type: 'text', value: 'port', help: 'Where it listens; else COUNTERSIGN_PORT, else 4000.' },
    host: { type: 'text', value: 'host', help: 'On which address; else COUNTERSIGN_HOST, else localhost.' },
    ...dataOptions,
  },
  notes: [
    'What is missing is created: folder, database, keys. A first start prints a link for creating the first administrator.',
    'Standard output has one JSON object per line. On a terminal only warnings are logged, unless COUNTERSIGN_LOG_LEVEL says otherwise. All settings: countersign settings',
    'Ctrl-C, or SIGTERM, finishes what is under way and then stops; a second one stops at once.',
  ],
  run: async (input, terminal) => {
    const defaults: Record<string, string> = terminal.isTty ? { COUNTERSIGN_LOG_LEVEL: 'warn' } : {}
    const config = await findConfig(input, terminal, defaults)
    const server = await serve(config)
    // Before it is announced: whoever waits for the announcement may send the signal right after it.
    const stopped = stopOnSignal(server, terminal)
    if (terminal.isTty) await greet(terminal, config, server)
    else announce(terminal, config, server)
    // A server is rarely ended in a way that would let Node write the cache by itself.
    module.flushCompileCache()
    return stopped
  },
}

export const commands: readonly Command[] = [serveCommand]

/** For whatever reads the log: one line, like every other. */
function announce(terminal: Terminal, config: Config, server: RunningServer): void {
  const line = {
    level: 'info',
    time: new Date().toISOString(),
    event: 'ready',
    url: server.url,
    issuer: config.issuer,
    data: config.dataFolder,
    database: tellDatabase(config),
    mail: tellMail(config),
    ...(server.setupLink !== null && { setup_link: server.setupLink }),
    notes: tellNotes(config),
  }
  terminal.out(JSON.stringify(line))
}

async function greet(terminal: Terminal, config: Config, server: RunningServer): Promise<void> {
  // Loaded only here: a server that nobody looks at starts without it.
  const { renderRecord } = await import('../show.ts')
  const { style } = terminal
  const rows: Row[] = [
    ['listening on', server.url],
    ['issuer', config.issuer],
    ['data', config.dataFolder],
    ['database', tellDatabase(config)],
    ['mail', tellMail(config)],
  ]
  terminal.out(`\n  ${style.bold('Countersign')}\n\n${renderRecord(terminal, rows)}\n`)
  if (server.setupLink !== null) {
    terminal.out(
      '  There is no administrator yet. Create the first one here; the link works once, for an hour:',
    )
    terminal.out(`  ${style.cyan(server.setupLink)}\n`)
  }
  for (const note of tellNotes(config)) terminal.out(`  ${style.yellow('note')} ${note}`)
  terminal.out(`  ${style.dim('Ctrl-C stops it.')}\n`)
}

/** What an operator should know about how this authority is set up. */
function tellNotes(config: Config): string[] {
  const notes: string[] = []
  if (config.signUp === 'open' && config.emailVerification === 'off') {
    notes.push('Anybody can sign up, and addresses are not verified: signing up tells which are taken.')
  }
  return notes
}

function stopOnSignal(server: RunningServer, terminal: Terminal): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    let stopping = false
    const stop = (): void => {
      // The second time somebody has lost patience.
      if (stopping) process.exit(130)
      stopping = true
      if (terminal.isTty) terminal.err('\n  Stopping; what is under way is finished first.')
      server.close().then(() => resolve(0), reject)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
