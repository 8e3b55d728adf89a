/** A bulk action on its way: first a dry run, then on demand the thing itself; stopped, interrupted and gone on with. */
import { type BulkNoun, type BulkTally, emptyTally, readAllIds, runBulk } from '@countersign/client'
import type { Page } from '@countersign/protocol'
import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { client } from '../api/client.ts'
import { useStepUp } from '../ui/step-up.tsx'
import type { Asked } from './bulk-bar.tsx'

export type BulkState =
  | { readonly kind: 'gathering'; readonly at: number }
  | {
      readonly kind: 'looking' | 'running'
      readonly at: number
      readonly of: number
      readonly tally: BulkTally
    }
  | { readonly kind: 'ready' | 'done'; readonly of: number; readonly tally: BulkTally }
  | {
      readonly kind: 'stopped'
      readonly isDryRun: boolean
      readonly at: number
      readonly of: number
      readonly tally: BulkTally
      /** Null where somebody stopped it. */
      readonly error: unknown
    }

export interface BulkParts {
  readonly noun: BulkNoun
  readonly asked: Asked
  readonly list: (cursor: string | undefined) => Promise<Page<{ readonly id: string }>>
  readonly changes: readonly QueryKey[]
}

export interface Bulk {
  readonly state: BulkState
  /** The thing itself, or the rest of it. */
  go(): void
  stop(): void
}

export function useBulk({ noun, asked, list, changes }: BulkParts): Bulk {
  const withProof = useStepUp()
  const queries = useQueryClient()
  const [state, setState] = useState<BulkState>({ kind: 'gathering', at: 0 })
  const ids = useRef<readonly string[]>(asked.ids ?? [])
  const stopping = useRef(new AbortController())

  const run = async (isDryRun: boolean, from: { at: number; tally: BulkTally }): Promise<void> => {
    const { signal } = stopping.current
    let { at, tally } = from
    const of = ids.current.length
    const kind = isDryRun ? 'looking' : 'running'
    setState({ kind, at, of, tally })
    try {
      const work = { noun, action: asked.action, ids: ids.current, dryRun: isDryRun }
      const send: typeof client.bulk = (noun, input) => withProof(() => client.bulk(noun, input))
      await runBulk(work, from, signal, send, (nextAt, nextTally) => {
        at = nextAt
        tally = nextTally
        setState({ kind, at, of, tally })
      })
      setState({ kind: isDryRun ? 'ready' : 'done', of, tally })
    } catch (error) {
      setState({ kind: 'stopped', isDryRun, at, of, tally, error: signal.aborted ? null : error })
    } finally {
      if (!isDryRun) await Promise.all(changes.map((queryKey) => queries.invalidateQueries({ queryKey })))
    }
  }

  const look = async (signal: AbortSignal): Promise<void> => {
    try {
      if (asked.ids === null) {
        ids.current = await readAllIds(list, signal, (at) => setState({ kind: 'gathering', at }))
      }
    } catch (error) {
      const told = signal.aborted ? null : error
      setState({ kind: 'stopped', isDryRun: true, at: 0, of: 0, tally: emptyTally, error: told })
      return
    }
    await run(true, { at: 0, tally: emptyTally })
  }

  // Begins once, when the dialogue opens; closing it stops what runs after the batch that is under way.
  const begin = useRef(look)
  useEffect(() => {
    const controller = new AbortController()
    stopping.current = controller
    void begin.current(controller.signal)
    return () => controller.abort()
  }, [])

  return {
    state,
    go: () => {
      stopping.current = new AbortController()
      const from =
        state.kind === 'stopped' ? { at: state.at, tally: state.tally } : { at: 0, tally: emptyTally }
      void run(state.kind === 'stopped' && state.isDryRun, from)
    },
    stop: () => stopping.current.abort(),
  }
}
