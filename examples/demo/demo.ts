/** `npm run demo`: the story of the gym and the pool, against real processes. */
import { constants } from 'node:os'
import { parseArgs } from 'node:util'
import { createDemo } from './run.ts'
import { createStage } from './stage.ts'
import type { Pace } from './town.ts'

const USAGE = `Plays the story of the gym and the pool in this terminal: an authority and two APIs on three ports of this
machine, three kinds of credential, how fast each is taken back, and what happens when a cable is cut.

Usage: npm run demo -- [--fast] [--json]

  --fast  A lease of 2 s instead of the usual 5 s: less to wait for while the cable is cut.
  --json  Prints what happened as one JSON object, at the end.
  --help  Prints this.

It needs nothing and leaves nothing behind: what it makes lies in a temporary folder. The exit code is 0 when
everything went as the story says.`

const PACES: Readonly<Record<'usual' | 'fast', Pace>> = {
  usual: { leaseSeconds: 5, signInAgeMaxSeconds: 5 },
  fast: { leaseSeconds: 2, signInAgeMaxSeconds: 3 },
}

process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  const asked = readArguments(args)
  if (asked === null || asked.help === true) {
    process[asked === null ? 'stderr' : 'stdout'].write(`${USAGE}\n`)
    return asked === null ? 2 : 0
  }
  const { stdout, env } = process
  const isTerminal = stdout.isTTY === true
  const stage = createStage({
    mode: asked.json === true ? 'json' : isTerminal ? 'drawn' : 'plain',
    colour: isTerminal && !env.NO_COLOR && env.TERM !== 'dumb',
    columns: stdout.columns || 100,
    write: (line) => void stdout.write(`${line}\n`),
  })
  const demo = createDemo(stage, PACES[asked.fast === true ? 'fast' : 'usual'])
  // Ctrl-C, or a closed window, in the middle of the story leaves nothing behind either.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void demo.close().finally(() => process.exit(128 + constants.signals[signal])))
  }
  return demo.play()
}

function readArguments(args: string[]) {
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({ args, options: { fast: flag, json: flag, help: flag } }).values
  } catch {
    return null // Unknown arguments: the usage says which there are.
  }
}
