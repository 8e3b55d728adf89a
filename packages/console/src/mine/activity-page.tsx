/** What a person did, and what was done to their account, the newest first. */
import type { ActivityShape } from '@countersign/protocol'
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { client } from '../api/client.ts'
import { happenings } from '../audit/happenings.ts'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import rows from '../ui/list.module.css'
import { PagedList } from '../ui/pages.tsx'
import { Chip, Empty, PageHeader, Section } from '../ui/parts.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { mineTexts } from './texts.ts'

const PAGE = 30

const activityQuery = infiniteQueryOptions({
  queryKey: ['my-activity'],
  queryFn: ({ pageParam }) => client.activity({ limit: PAGE, cursor: pageParam }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
})

export function ActivityPage(): ReactNode {
  const words = useTexts(mineTexts)
  const activity = useInfiniteQuery(activityQuery)
  return (
    <>
      <PageHeader title={words.activity} lead={words.activityLead} />
      <Section isFlush>
        <PagedList
          query={activity}
          row={(one) => <ActivityRow key={one.id} activity={one} />}
          empty={<Empty icon="clock" title={words.activityNone} text={words.activityNoneText} />}
        />
      </Section>
    </>
  )
}

function ActivityRow({ activity }: { readonly activity: ActivityShape }): ReactNode {
  const t = useT()
  const words = useTexts(mineTexts)
  const what = useTexts(happenings)[activity.type]
  return (
    <li className={`${rows.row} ${rows.event}`}>
      <div className={rows.rowBody}>
        <div className={rows.rowTitle}>
          {what !== undefined && <span>{what}</span>}
          <code className={rows.code}>{activity.type}</code>
          {activity.outcome !== 'success' && <Chip tone="warn">{t.console.outcomes[activity.outcome]}</Chip>}
        </div>
        <div className={rows.rowText}>
          {words.by[activity.by]}
          {activity.address !== null && ` · ${activity.address}`}
        </div>
      </div>
      <div className={rows.rowEnd}>
        <span className={css.quiet}>
          <Time at={activity.at} />
        </span>
      </div>
    </li>
  )
}
