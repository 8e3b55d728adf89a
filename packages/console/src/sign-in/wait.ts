/** Counts down what a limit asks to be waited for, so that nobody has to guess. */
import { ApiProblem } from '@countersign/client'
import { useEffect, useState } from 'react'

export interface Wait {
  /** 0 when there is nothing to wait for. */
  readonly seconds: number
  /** True when the refusal says how long to wait. */
  readonly begin: (refusal: unknown) => boolean
}

export function useWait(): Wait {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    if (seconds === 0) return
    const timer = setTimeout(() => setSeconds(seconds - 1), 1_000)
    return () => clearTimeout(timer)
  }, [seconds])
  const begin = (refusal: unknown): boolean => {
    if (!(refusal instanceof ApiProblem) || refusal.status !== 429 || refusal.retryAfterSeconds === null)
      return false
    setSeconds(Math.max(1, Math.ceil(refusal.retryAfterSeconds)))
    return true
  }
  return { seconds, begin }
}
