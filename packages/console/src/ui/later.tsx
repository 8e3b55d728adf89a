/**
 * A part of the pages that is loaded when it is needed, or ahead of that. Not by `lazy` and `Suspense`: React keeps a
 * fallback that it has once shown for three tenths of a second, and whatever cannot be loaded would take the page along.
 */
import { type ComponentType, type ReactNode, useCallback, useEffect, useState } from 'react'
import { Failure } from './parts.tsx'
import { RowsSkeleton } from './skeletons.tsx'

export interface Later<P> {
  (props: P): ReactNode
  /** Loads it ahead. What fails is tried again where it is needed. */
  ahead(): void
}

export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  whileLoading: ReactNode = <RowsSkeleton rows={5} />,
): Later<P> {
  let loaded: ComponentType<P> | null = null
  const get = async (): Promise<ComponentType<P>> => {
    loaded ??= await load()
    return loaded
  }

  function Part(props: P): ReactNode {
    // A component is kept in a box: a state that is a function would be called.
    const [ready, setReady] = useState(loaded === null ? null : { Page: loaded })
    const [error, setError] = useState<unknown>(null)
    const begin = useCallback(() => {
      setError(null)
      get().then((Page) => setReady({ Page }), setError)
    }, [])
    useEffect(() => {
      if (ready === null) begin()
    }, [ready, begin])
    if (ready !== null) return <ready.Page {...props} />
    return error === null ? whileLoading : <Failure error={error} onRetry={begin} />
  }

  return Object.assign(Part, { ahead: () => void get().catch(() => undefined) })
}
