/**
 * The main thread's side of the estimator: starts the thread when somebody first asks, bounds how long and how
 * many may wait, and ends it when nobody has asked for a while, so that idling does not pay for it.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads'
import type { PasswordEstimate, PasswordEstimator } from '@countersign/core'
import type { Timers } from '../feed/ports.ts'
import { toHints } from './hints.ts'
import type { FromEstimator, ToEstimator } from './messages.ts'

/** Loading the dictionaries takes some 300 ms, a check at most some 80. */
export const ESTIMATE_MS_MAX = 2_000
export const WAITING_MAX = 32
/** After this long without a question the thread is ended, and its memory given back. */
export const IDLE_MS = 60_000
/** A broken thread stays inside its own heap. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 256, stackSizeMb: 2 }
const WORDS_MAX = 16

type Settle = (answer: FromEstimator | null) => void

export interface Estimator extends PasswordEstimator {
  close(): Promise<void>
}

export function createEstimator(timers: Timers, start: () => Worker = startThread): Estimator {
  let worker: Worker | null = null
  let nextId = 1
  let cancelIdle = (): void => {}
  const waiting = new Map<number, Settle>()

  const end = async (): Promise<void> => {
    const ending = worker
    worker = null
    cancelIdle()
    for (const settle of [...waiting.values()]) settle(null)
    await ending?.terminate()
  }
  /** The thread that is there, or a new one. Whatever ends it ends the questions that it had. */
  const running = (): Worker => {
    if (worker !== null) return worker
    const started = start()
    const endThis = (): void => {
      if (worker === started) void end()
    }
    started.unref()
    started.on('message', (answer: FromEstimator) => waiting.get(answer.id)?.(answer))
    started.on('error', endThis)
    started.on('exit', endThis)
    worker = started
    return started
  }
  const ask = (text: string, words: readonly string[]): Promise<FromEstimator | null> =>
    new Promise((resolve) => {
      const id = nextId
      nextId += 1
      // A thread that does not answer in time is busy with something that it will not finish soon.
      const cancel = timers.set(ESTIMATE_MS_MAX, () => void end())
      waiting.set(id, (answer) => {
        cancel()
        waiting.delete(id)
        resolve(answer)
      })
      const question: ToEstimator = { id, text, words }
      running().postMessage(question)
      cancelIdle()
      cancelIdle = timers.set(IDLE_MS, () => void end())
    })
  return {
    async estimate(password, words) {
      if (waiting.size >= WAITING_MAX) return null
      const answer = await ask(password.reveal(), words.slice(0, WORDS_MAX))
      return answer === null ? null : toEstimate(answer)
    },
    close: end,
  }
}

function toEstimate({ score, warning, suggestions }: FromEstimator): PasswordEstimate | null {
  return isScore(score) ? { score, hints: toHints(warning, suggestions) } : null
}

const isScore = (score: number): score is PasswordEstimate['score'] => [0, 1, 2, 3, 4].includes(score)

function startThread(): Worker {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new Worker(new URL(`./estimator-thread.${extension}`, import.meta.url), {
    name: 'countersign-estimator',
    resourceLimits: RESOURCE_LIMITS,
    env: SHARE_ENV,
    // Packages are looked up as usual; what the program itself was started with is not for a thread.
    execArgv: [],
  })
}
