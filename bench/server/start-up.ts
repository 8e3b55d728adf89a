/** From the spawn of a process to its first answer, and what it holds when nobody asks it anything. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type BenchResult, median, toCost, toLimit } from '../measure.ts'
import { residentMib } from './memory.ts'
import { findFreePort } from './ports.ts'
import { toRequest, Wire } from './wire.ts'

const COMMAND = join(import.meta.dirname, '../../packages/cli/bin/countersign.js')
/** The least server that one writes: an ES module as ours are, in JavaScript, so that no types are taken out. */
const HELLO = `import { createServer } from 'node:http'
createServer((_, res) => res.end('hello')).listen(Number(process.env.PORT), '127.0.0.1')`

const STARTS = 5
const IDLE_MS = 5_000
const START_MS_MAX = 15_000
const POLL_MS = 4
const WARM_SECONDS_MAX = 0.6
const FIRST_SECONDS_MAX = 1.5
const MEMORY_RATIO_MAX = 1.6

/** Takes about twenty seconds. */
export async function benchStartUp(parent: string): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(parent, 'start-up-'))
  try {
    const first = await timeStarts(STARTS, (index) =>
      startAuthority(folder, `first-${index}`, `cache-${index}`),
    )
    const hello = await timeStarts(STARTS, startHello)
    const warm = await timeStarts(STARTS, () => startAuthority(folder, 'first-0', 'cache-0'))
    return [
      toLine('compile cache warm', warm, hello, WARM_SECONDS_MAX),
      toLine('first time', first, hello, FIRST_SECONDS_MAX),
      await measureIdle(folder),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The limit is on our own seconds; those of a bare process tell how fast the machine was. */
function toLine(which: string, ours: number, theirs: number, max: number): BenchResult {
  const line = toLimit(`server: spawn to first answer, ${which} (beside it: bare node:http)`, 's', ours, max)
  return { ...line, theirs, ratio: ours / theirs }
}

interface Started {
  readonly process: ChildProcess
  /** From the spawn to the first answer. */
  readonly seconds: number
}

/** `npm start` without npm: on its own data, its own port, its own compile cache. */
async function startAuthority(folder: string, data: string, cache: string): Promise<Started> {
  const port = await findFreePort()
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('COUNTERSIGN_'))
  const environment = {
    ...Object.fromEntries(own),
    COUNTERSIGN_DATA: join(folder, data),
    COUNTERSIGN_PORT: String(port),
    NODE_COMPILE_CACHE: join(folder, cache),
  }
  return start(['--conditions=source', COMMAND, 'serve'], environment, port, '/readyz')
}

async function startHello(): Promise<Started> {
  const port = await findFreePort()
  return start(['--input-type=module', '--eval', HELLO], { ...process.env, PORT: String(port) }, port, '/')
}

async function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  port: number,
  path: string,
): Promise<Started> {
  const startedMs = performance.now()
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' })
  // Whatever ends the bench ends what it started.
  const end = (): boolean => child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.removeListener('exit', end))
  const request = toRequest('GET', port, path, { connection: 'close' })
  while (!(await isAnswered(port, request))) {
    if (child.exitCode !== null || performance.now() - startedMs > START_MS_MAX) {
      child.kill('SIGKILL')
      throw new Error(`${args.at(-1)} does not answer; it ended with ${child.exitCode}.`)
    }
    await wait(POLL_MS)
  }
  return { process: child, seconds: (performance.now() - startedMs) / 1_000 }
}

async function isAnswered(port: number, request: string): Promise<boolean> {
  try {
    const wire = await Wire.open(port)
    const { status } = await wire.send(request).finally(() => wire.close())
    return status === 200
  } catch {
    // Nobody listens yet.
    return false
  }
}

/** Ended properly: the compile cache is written when a process ends by itself. */
async function stop({ process: child }: Started): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS_MAX)
  await exited
  clearTimeout(timer)
}

/** The quickest: a start does the same work each time, and whatever else the machine does only adds to it. */
async function timeStarts(count: number, starting: (index: number) => Promise<Started>): Promise<number> {
  const seconds: number[] = []
  for (let index = 0; index < count; index += 1) {
    const started = await starting(index)
    seconds.push(started.seconds)
    await stop(started)
  }
  return Math.min(...seconds)
}

/** Three of each at once: idle processes do not disturb one another. */
async function measureIdle(folder: string): Promise<BenchResult> {
  const indexes = [0, 1, 2]
  const ours: Started[] = []
  const theirs: Started[] = []
  try {
    for (const index of indexes) {
      ours.push(await startAuthority(folder, `first-${index}`, 'cache-0'))
      theirs.push(await startHello())
    }
    await wait(IDLE_MS)
    const held = (all: readonly Started[]): number =>
      median(all.map((one) => residentMib(one.process.pid ?? 0)))
    return toCost(
      'server: memory after 5 s of nothing ÷ a bare node:http',
      'MiB',
      held(ours),
      held(theirs),
      MEMORY_RATIO_MAX,
    )
  } finally {
    await Promise.all([...ours, ...theirs].map(stop))
  }
}
