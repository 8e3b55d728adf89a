/** `npm run demo`: the first half of the gym story against a real authority. `-- --json` prints what happened as one object. */
import { type DemoAuthority, startAuthority } from './authority.ts'
import { runDemo } from './run.ts'
import { createStage } from './stage.ts'

const { stdout, env, argv } = process
const isTerminal = stdout.isTTY === true
const stage = createStage({
  mode: argv.includes('--json') ? 'json' : isTerminal ? 'drawn' : 'plain',
  colour: isTerminal && !env.NO_COLOR && env.TERM !== 'dumb',
  columns: stdout.columns ?? 80,
  write: (line) => void stdout.write(`${line}\n`),
})

let running: DemoAuthority | null = null

/** Ctrl-C in the middle of the story leaves nothing behind either. */
async function giveUp(): Promise<void> {
  await running?.close()
  process.exit(130)
}

process.once('SIGINT', () => void giveUp())
process.exitCode = await runDemo(stage, async () => {
  running = await startAuthority()
  return running
})
