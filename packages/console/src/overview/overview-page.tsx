/** What is alive, who follows the log, and what happened last. Each part is there for those who may read it. */
import { type OverviewPeriodShape, permissions as own } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { myFactorsQuery } from '../api/account-queries.ts'
import { aliveQuery, latestEventsQuery, overviewQuery, verifiersQuery } from '../api/admin-queries.ts'
import { EventRow } from '../console/event-row.tsx'
import { Verifiers } from '../console/verifiers.tsx'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMay, useMe } from '../shell/me.ts'
import rows from '../ui/list.module.css'
import { Failure, Notice, PageHeader, Section } from '../ui/parts.tsx'
import { useFilters } from '../ui/search-params.ts'
import { CardsSkeleton, RowsSkeleton, TextSkeleton } from '../ui/skeletons.tsx'
import css from '../ui/ui.module.css'
import { Activity, periods } from './activity.tsx'
import { Attention } from './attention.tsx'
import { overviewTexts } from './texts.ts'

export function OverviewPage(): ReactNode {
  const t = useT()
  const words = useTexts(overviewTexts)
  const may = useMay()
  const isPerson = useMe().principal.kind === 'account'
  const [filters] = useFilters()
  // All are asked for at once. What stands below waits for what stands above, which would push it down.
  const overview = useQuery({ ...overviewIn(periodOf(filters)), enabled: may(own.overviewRead) })
  const factors = useQuery({ ...myFactorsQuery, enabled: isPerson && !may(own.overviewRead) })
  const verifiers = useQuery({ ...verifiersQuery, enabled: may(own.revocationsRead) })
  useQuery({ ...aliveQuery, enabled: may(own.overviewRead) && may('*') })
  useQuery({ ...latestEventsQuery, enabled: may(own.auditRead) })
  const isTopThere = !overview.isLoading && !factors.isLoading
  return (
    <>
      <PageHeader title={t.console.overview} lead={words.lead} />
      {may(own.overviewRead) ? <Happened /> : <OwnFactor />}
      {isTopThere && may(own.revocationsRead) && <Verifiers />}
      {isTopThere && !verifiers.isLoading && may(own.auditRead) && <Latest />}
    </>
  )
}

const periodOf = (filters: URLSearchParams): OverviewPeriodShape =>
  periods.find((one) => one === filters.get('period')) ?? 'day'

const overviewIn = (period: OverviewPeriodShape) => ({
  ...overviewQuery(period),
  placeholderData: keepPreviousData,
})

function Happened(): ReactNode {
  const may = useMay()
  const [filters, setFilter] = useFilters()
  const period = periodOf(filters)
  const overview = useQuery(overviewIn(period))
  if (overview.error !== null) {
    return <Failure error={overview.error} onRetry={() => void overview.refetch()} />
  }
  if (overview.data === undefined) return <CardsSkeleton cards={4} />
  return (
    <>
      <Attention attention={overview.data.attention} />
      {may('*') && <Alive />}
      <Activity
        overview={overview.data}
        period={period}
        onPeriod={(next) => setFilter('period', next === 'day' ? '' : next)}
      />
    </>
  )
}

/** For those who see no more: at least their own account. */
function OwnFactor(): ReactNode {
  const t = useT()
  const [, go] = useLocation()
  const { principal } = useMe()
  const isPerson = principal.kind === 'account'
  const { data: factors } = useQuery({ ...myFactorsQuery, enabled: isPerson })
  if (factors === undefined || factors.items.length > 0) return null
  return (
    <div className={css.callout}>
      <Notice tone="warn">{t.console.adminsWithoutFactor}</Notice>
      <Button variant="default" onClick={() => go('/account/security')}>
        {t.account.addFactor}
      </Button>
    </div>
  )
}

/** Counted by a dry run of ending everything; each to 10,000. */
function Alive(): ReactNode {
  const t = useT()
  const alive = useQuery(aliveQuery)
  if (alive.error !== null) return <Failure error={alive.error} onRetry={() => void alive.refetch()} />
  const { ended, used_last_hour: used } = alive.data ?? {}
  return (
    <div className={css.columns}>
      <Figure title={t.console.sessions} count={ended?.sessions} used={used?.sessions} />
      <Figure title={t.console.grants} count={ended?.grants} used={used?.grants} />
      <Figure title={t.console.keys} count={ended?.api_keys} used={used?.api_keys} />
    </div>
  )
}

/** Undefined while they are counted; the words around them stand there already. */
interface FigureProps {
  readonly title: string
  readonly count: number | undefined
  readonly used: number | undefined
}

function Figure({ title, count, used }: FigureProps): ReactNode {
  const t = useT()
  return (
    <Section>
      <div className={css.figure}>
        <span className={css.quiet}>
          {title}, {t.console.alive}
        </span>
        <b>{count === undefined ? <TextSkeleton /> : t.console.atMost(count)}</b>
        <span className={css.quiet}>
          {used === undefined ? <TextSkeleton /> : t.console.usedLastHour(used)}
        </span>
      </div>
    </Section>
  )
}

function Latest(): ReactNode {
  const t = useT()
  const events = useQuery(latestEventsQuery)
  return (
    <Section title={t.console.latest} actions={<Link href="/console/audit">{t.console.all}</Link>} isFlush>
      {events.isPending && <RowsSkeleton rows={4} />}
      {events.error !== null && <Failure error={events.error} onRetry={() => void events.refetch()} />}
      <ul className={rows.list}>
        {events.data?.items.map((event) => (
          <EventRow key={event.id} event={event} isShort />
        ))}
      </ul>
    </Section>
  )
}
