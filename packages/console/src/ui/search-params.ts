/** Filters live in the address, so that what one looks at can be reloaded, kept and sent to somebody. */
import { useSearchParams } from 'wouter'

export type SetFilter = (name: string, value: string) => void

export function useFilters(): readonly [URLSearchParams, SetFilter] {
  const [params, setParams] = useSearchParams()
  const set: SetFilter = (name, value) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (value === '') next.delete(name)
        else next.set(name, value)
        return next
      },
      { replace: true },
    )
  return [params, set]
}
