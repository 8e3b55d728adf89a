/**
 * Answers that need not be read again: nothing that they were read from has been written since. This process writes
 * alone (`data-lock.ts`), but for commands that run beside it, whose writes are seen a moment later.
 */
import type { Script } from '../script.ts'

/** How late a write of another process may be seen in what is recalled. */
export const RECALLED_MS_MAX = 100
/** Keys come from callers in part; a full memory is emptied, which costs a read for each that is still asked for. */
const ANSWERS_MAX = 1_000

export interface Memory {
  /** What was answered for the key, or undefined where that may not be so any more. */
  find<R>(key: string): Promise<R> | undefined
  /** Remembers an answer unless it fails. It must have been read in the step in which this is called. */
  keep<R>(key: string, answer: Promise<R>): Promise<R>
  /** The same script, which throws where it reads a table that nobody watches. */
  guard<R>(script: Script<R>): Script<R>
  forget(): void
}

interface Kept {
  readonly answer: Promise<unknown>
  readonly sinceMs: number
}

/** @param tables Those that `forget` is called for whenever one of them may have changed. */
export function createMemory(tables: readonly string[]): Memory {
  const watched = new Set(tables)
  const kept = new Map<string, Kept>()
  const checked = new Set<string>()

  const check = (name: string, text: string): void => {
    if (checked.has(name)) return
    const foreign = tablesOf(text).find((table) => !watched.has(table))
    if (foreign !== undefined) throw new TypeError(`${name} reads ${foreign}, which cannot be recalled.`)
    checked.add(name)
  }

  return {
    find<R>(key: string): Promise<R> | undefined {
      const found = kept.get(key)
      if (found === undefined || performance.now() - found.sinceMs >= RECALLED_MS_MAX) return undefined
      // The key names the script that answered, and so the type of what it answers.
      return found.answer as Promise<R>
    },
    keep(key, answer) {
      if (kept.size >= ANSWERS_MAX) kept.clear()
      const one: Kept = { answer, sinceMs: performance.now() }
      kept.set(key, one)
      answer.catch(() => {
        if (kept.get(key) === one) kept.delete(key)
      })
      return answer
    },
    *guard(script) {
      let step = script.next()
      while (!step.done) {
        check(step.value.statement.name, step.value.statement.text)
        step = script.next(yield step.value)
      }
      return step.value
    },
    forget: () => kept.clear(),
  }
}

const tablesOf = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:from|join|update|into)\s+([a-z_]+)/g)].map(([, table = '']) => table)
