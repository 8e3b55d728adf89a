/** Counts the requests that wait for something, so that the database is closed after the last of them. */

export interface UnderWay {
  /** Hands the answer on. One that is there already needs no counting. */
  track<T>(answer: T | Promise<T>): T | Promise<T>
  /** Resolves when none is left, or after `msMax`. */
  finish(msMax: number): Promise<void>
}

export function createUnderWay(): UnderWay {
  const finished = Promise.withResolvers<void>()
  let count = 0
  let isFinishing = false
  const settle = (): void => {
    if (isFinishing && count === 0) finished.resolve()
  }
  return {
    track: (answer) => {
      if (!(answer instanceof Promise)) return answer
      count += 1
      return answer.finally(() => {
        count -= 1
        settle()
      })
    },
    finish: async (msMax) => {
      isFinishing = true
      settle()
      const timer = setTimeout(finished.resolve, msMax)
      await finished.promise
      clearTimeout(timer)
    },
  }
}
