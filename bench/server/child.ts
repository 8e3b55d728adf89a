/**
 * A program of this folder in a process of its own, with a few functions that can be called from here: what
 * is measured must not share a thread with what measures it.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** What a call gives back: figures and texts by name. */
export type Figures = Readonly<Record<string, number | string>>
export type Handlers = Readonly<Record<string, (input: Figures) => Promise<Figures> | Figures>>

interface Call {
  readonly name: string
  readonly input: Figures
}
type Outcome = { readonly figures: Figures } | { readonly error: string }

/** No single call of a bench takes longer; a child that hangs must not hang the run. */
const CALL_MS_MAX = 60_000

export class Child {
  readonly #process: ChildProcess
  readonly #waiting: PromiseWithResolvers<Figures>[] = []

  private constructor(process: ChildProcess) {
    this.#process = process
    process.on('message', (message: Outcome) => {
      const call = this.#waiting.shift()
      if ('error' in message) call?.reject(new Error(message.error))
      else call?.resolve(message.figures)
    })
    process.on('exit', (code) => {
      for (const call of this.#waiting.splice(0)) call.reject(new Error(`The child ended with ${code}.`))
    })
  }

  /** Starts a program that calls `answer`; its output goes nowhere, as a log does that nobody reads. */
  static start(file: string, environment: Readonly<Record<string, string>> = {}): Child {
    const child = fork(new URL(file, import.meta.url), {
      execArgv: ['--conditions=source'],
      env: { ...process.env, NODE_NO_WARNINGS: '1', ...environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    return new Child(child)
  }

  /** One call at a time is answered, in order. */
  async call(name: string, input: Figures = {}): Promise<Figures> {
    const waiting = Promise.withResolvers<Figures>()
    this.#waiting.push(waiting)
    const call: Call = { name, input }
    this.#process.send(call)
    const timer = setTimeout(
      () => waiting.reject(new Error(`The child did not answer ${name}.`)),
      CALL_MS_MAX,
    )
    return waiting.promise.finally(() => clearTimeout(timer))
  }

  /** Asks the process to end, and makes it end where it does not. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return
    const exited = once(this.#process, 'exit')
    this.#process.disconnect()
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5_000)
    await exited
    clearTimeout(timer)
  }
}

/** The other end: answers calls until the parent lets go, then runs `close` and ends the process. */
export function answer(handlers: Handlers, close: () => Promise<void>): void {
  let queue = Promise.resolve()
  process.on('message', ({ name, input }: Call) => {
    queue = queue.then(async () => {
      process.send?.(await run(handlers, name, input))
    })
  })
  process.on('disconnect', () => {
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  })
}

async function run(handlers: Handlers, name: string, input: Figures): Promise<Outcome> {
  const handler = handlers[name]
  if (handler === undefined) return { error: `There is no call named ${name}.` }
  try {
    return { figures: await handler(input) }
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

/** The figure of that name. Throws where there is none: the child and its caller disagree. */
export function numberOf(figures: Figures, name: string): number {
  const value = figures[name]
  if (typeof value !== 'number') throw new TypeError(`${name} is no number.`)
  return value
}

export function textOf(figures: Figures, name: string): string {
  const value = figures[name]
  if (typeof value !== 'string') throw new TypeError(`${name} is no text.`)
  return value
}
