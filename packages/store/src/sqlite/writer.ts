/**
 * The main thread's side of the writer: gathers the writes of one turn of the event loop into one message, and those
 * that come while the thread is at work into the next; bounds how many may wait, and settles them when their group
 * has been committed.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads'
import { Overloaded, StoreUnavailable } from '@countersign/core/records'
import type { Fault, FromWriter, ToWriter, WriterSettings } from './messages.ts'

/** Ceilings of the writer's heap. They keep a burst from growing the process; they reserve nothing. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4, stackSizeMb: 2 }
const RETRY_AFTER_SECONDS = 1
const PING_MS_MAX = 5_000

interface Waiting {
  readonly name: string
  readonly input: unknown
  resolve(value: unknown): void
  reject(error: Error): void
}

/**
 * Starts the writer's thread; resolves when it has the file open.
 *
 * @param waitingMax How many writes may wait for their COMMIT before the next one is refused as `Overloaded`.
 * @param onWatchedChange Called when a watched table may have changed, before anybody is told that a change was made.
 */
export async function openWriter(
  settings: WriterSettings,
  waitingMax: number,
  onWatchedChange: () => void,
): Promise<Writer> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./writer-thread.${extension}`, import.meta.url), {
    name: 'countersign-writer',
    workerData: settings,
    resourceLimits: RESOURCE_LIMITS,
    env: SHARE_ENV,
    execArgv: conditionsOf(process.execArgv),
  })
  const writer = new Writer(worker, waitingMax, onWatchedChange)
  await writer.opened
  return writer
}

/**
 * How packages are looked up is the thread's affair as well; the rest of what the program was started with is
 * not, and some of it (`--input-type`, `--eval`) a thread refuses.
 */
function conditionsOf(execArgv: readonly string[]): string[] {
  return execArgv.flatMap((argument, index) => {
    if (argument.startsWith('--conditions=')) return [argument]
    const value = execArgv[index + 1]
    return (argument === '-C' || argument === '--conditions') && value !== undefined
      ? [`--conditions=${value}`]
      : []
  })
}

export class Writer {
  /** Resolves when the file is open; rejects with the reason when it cannot be. */
  readonly opened: Promise<void>
  readonly #worker: Worker
  readonly #waitingMax: number
  readonly #opening = Promise.withResolvers<void>()
  readonly #exited = Promise.withResolvers<void>()
  /**
   * Sent at the end of this turn of the event loop, or when the thread has answered all that it has: a message costs
   * both threads more than most writes, and what it brings could not be begun earlier anyway.
   */
  #gathered: Waiting[] = []
  /** Sent, in the order in which the answers come back. */
  readonly #sent: Waiting[] = []
  readonly #pings: PromiseWithResolvers<void>[] = []
  readonly #onWatchedChange: () => void
  /** Why nothing is accepted any more. */
  #ended: string | null = null

  constructor(worker: Worker, waitingMax: number, onWatchedChange: () => void) {
    this.#worker = worker
    this.#waitingMax = waitingMax
    this.#onWatchedChange = onWatchedChange
    this.opened = this.#opening.promise
    worker.on('message', (message: FromWriter) => this.#receive(message))
    worker.on('error', (error) => this.#fail(error))
    worker.on('messageerror', (error) => this.#fail(error))
    worker.on('exit', () => {
      this.#fail(new Error('The thread has ended.'))
      this.#exited.resolve()
    })
  }

  /** Resolves after the COMMIT. Rejects with `Overloaded`, `StoreUnavailable`, or what the script threw. */
  write(name: string, input: unknown): Promise<unknown> {
    if (this.#ended !== null) return Promise.reject(new StoreUnavailable(this.#ended))
    if (this.#sent.length + this.#gathered.length >= this.#waitingMax) {
      return Promise.reject(new Overloaded(RETRY_AFTER_SECONDS))
    }
    return new Promise((resolve, reject) => {
      if (this.#gathered.length === 0 && this.#sent.length === 0) setImmediate(() => this.#flush())
      this.#gathered.push({ name, input, resolve, reject })
    })
  }

  /** Resolves when the thread answers, which it does between two groups. */
  ping(): Promise<void> {
    if (this.#ended !== null) return Promise.reject(new StoreUnavailable(this.#ended))
    const ping = Promise.withResolvers<void>()
    this.#pings.push(ping)
    this.#send({ kind: 'ping' })
    const tooLate = (): void => ping.reject(new StoreUnavailable("The database's writer does not answer."))
    const timer = setTimeout(tooLate, PING_MS_MAX)
    return ping.promise.finally(() => clearTimeout(timer))
  }

  /** Lets the thread finish what was accepted, move its log into the file, and end. */
  close(): Promise<void> {
    if (this.#ended === null) {
      this.#ended = 'The store is closed.'
      this.#flush()
      this.#send({ kind: 'close' })
    }
    return this.#exited.promise
  }

  #flush(): void {
    const gathered = this.#gathered
    if (gathered.length === 0) return
    this.#gathered = []
    try {
      this.#send({ kind: 'write', requests: gathered.map(toRequest) })
      for (const one of gathered) this.#sent.push(one)
    } catch {
      // One of the inputs is no plain data: it alone is refused.
      for (const one of gathered) this.#sendAlone(one)
    }
  }

  #sendAlone(one: Waiting): void {
    try {
      this.#send({ kind: 'write', requests: [toRequest(one)] })
      this.#sent.push(one)
    } catch (error) {
      one.reject(new TypeError(`The input of ${one.name} is no plain data.`, { cause: error }))
    }
  }

  #send(message: ToWriter): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromWriter): void {
    switch (message.kind) {
      case 'answered':
        if (message.isWatchedChanged) this.#onWatchedChange()
        settle(this.#sent.splice(0, message.values.length), message)
        if (this.#sent.length === 0) this.#flush()
        break
      case 'pong':
        this.#pings.shift()?.resolve()
        break
      case 'opened':
        this.#opening.resolve()
        break
      case 'refused':
        this.#opening.reject(new Error(message.message))
        break
    }
  }

  /** The thread is gone. Whether its last group was committed is not known; nobody is told that it was. */
  #fail(cause: unknown): void {
    this.#onWatchedChange()
    const message = "The database's writer has stopped."
    this.#ended ??= message
    const error = new StoreUnavailable(message, { cause })
    this.#opening.reject(error)
    for (const one of this.#sent.splice(0)) one.reject(error)
    for (const one of this.#gathered.splice(0)) one.reject(error)
    for (const ping of this.#pings.splice(0)) ping.reject(error)
  }
}

const toRequest = ({ name, input }: Waiting): { name: string; input: unknown } => ({ name, input })

function settle(group: readonly Waiting[], answers: Extract<FromWriter, { kind: 'answered' }>): void {
  for (const fault of answers.faults) group[fault.index]?.reject(toError(fault))
  // Those with a fault are settled already: resolving them does nothing.
  group.forEach((one, index) => {
    one.resolve(answers.values[index])
  })
}

function toError({ kind, name, message, stack }: Fault): Error {
  if (kind === 'unavailable') return new StoreUnavailable(message)
  const error = new Error(message)
  error.name = name
  // Where the script threw, on the other thread, helps more than where it was waited for.
  if (stack !== undefined) error.stack = stack
  return error
}
