/** What stands in a page's place while its data is on the way: the shape of what comes, not a wheel. */
import { Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { Brand } from '../shell/brand.tsx'
import { useWaiting } from './loading.tsx'
import css from './skeletons.module.css'

export function RowsSkeleton({ rows = 4 }: { readonly rows?: number }): ReactNode {
  useWaiting()
  return (
    <div className={css.skeletons} data-skeleton aria-hidden>
      {lines(rows).map((row) => (
        <div key={row} className={css.rowSkeleton}>
          <Skeleton height={36} width={36} radius="md" />
          <div>
            <Skeleton height={12} width="38%" radius="sm" />
            <Skeleton height={10} width="64%" radius="sm" />
          </div>
        </div>
      ))}
    </div>
  )
}

/** Cards of a page that begins with something else than rows. */
export function CardsSkeleton({ cards = 3 }: { readonly cards?: number }): ReactNode {
  useWaiting()
  return (
    <div className={css.cardSkeletons} data-skeleton aria-hidden>
      {lines(cards).map((card) => (
        <Skeleton key={card} height={150} radius="lg" />
      ))}
    </div>
  )
}

/** In a line of text, as high as its words will be. */
export function TextSkeleton(): ReactNode {
  useWaiting()
  return (
    <Skeleton component="span" display="inline-block" height="0.8em" width="4em" data-skeleton aria-hidden />
  )
}

/** What index.html has drawn already, kept as it stands until the page is there. */
export function PageSkeleton(): ReactNode {
  useWaiting()
  return (
    <div className="first">
      <header className="first-side">
        <Brand />
      </header>
      <main className="first-page" aria-busy data-skeleton>
        <div className="first-block first-title" aria-hidden />
        <div className="first-block first-lead" aria-hidden />
        {lines(3).map((line) => (
          <div key={line} className="first-block first-card" aria-hidden />
        ))}
      </main>
    </div>
  )
}

const lines = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `line ${index}`)
