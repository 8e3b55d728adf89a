/** What stands in a page's place while its data is on the way: the shape of what comes, not a wheel. */
import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import css from './ui.module.css'

export function RowsSkeleton({ rows = 4 }: { readonly rows?: number }): ReactNode {
  const t = useT()
  return (
    <div className={css.skeletons} role="status" aria-label={t.common.loading}>
      {Array.from({ length: rows }, (_, index) => `row ${index}`).map((row) => (
        <Skeleton key={row} height={44} radius="md" />
      ))}
    </div>
  )
}

export function PageSkeleton(): ReactNode {
  return (
    <main className={css.pageSkeleton}>
      <Skeleton height={32} width={220} radius="md" />
      <RowsSkeleton rows={5} />
    </main>
  )
}
