/** A list by pages: its first page at once, the others when they are asked for. */
import { Button } from '@mantine/core'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import rows from './list.module.css'
import { Failure } from './parts.tsx'
import { RowsSkeleton } from './skeletons.tsx'

interface Pages<T> {
  readonly pages: readonly { readonly items: readonly T[] }[]
}

export interface PagedListProps<T> {
  readonly query: UseInfiniteQueryResult<Pages<T>>
  readonly row: (item: T) => ReactNode
  /** In place of an empty list. */
  readonly empty: ReactNode
}

export function PagedList<T>({ query, row, empty }: PagedListProps<T>): ReactNode {
  const t = useT()
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      {query.isPending && <RowsSkeleton rows={6} />}
      {query.error !== null && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && items.length === 0 && empty}
      <ul className={rows.list}>{items.map(row)}</ul>
      {query.hasNextPage && (
        <div className={rows.more}>
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t.common.more}
          </Button>
        </div>
      )}
    </>
  )
}
