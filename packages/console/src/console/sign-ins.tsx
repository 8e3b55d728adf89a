/** Sign-ins of the last 24 hours, hour by hour, from the audit log. */
import type { AuditEventShape } from '@countersign/protocol'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { SIGN_INS_MAX, signInsQuery } from '../api/admin-queries.ts'
import { useSpeech } from '../i18n/messages.ts'
import rows from '../ui/list.module.css'
import { Failure, Section } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { tellRelatively, useNow } from '../ui/time.tsx'
import css from '../ui/ui.module.css'

const HOURS = 24
const HOUR_MS = 3_600_000
const WIDTH = 24
const HEIGHT = 60

export function SignIns(): ReactNode {
  const { t, language } = useSpeech()
  const nowMs = useNow()
  const events = useQuery(signInsQuery)
  if (events.error !== null) return <Failure error={events.error} onRetry={() => void events.refetch()} />
  if (events.data === undefined) return <RowsSkeleton rows={2} />
  const { items } = events.data
  const isCut = items.length >= SIGN_INS_MAX
  return (
    <Section title={t.console.signIns} {...(isCut && { lead: t.console.signInsCut })}>
      {items.length === 0 ? (
        <p className={css.plain}>{t.console.signInsNone}</p>
      ) : (
        <>
          <Bars values={byHour(items, nowMs)} label={t.console.signInsLabel(items.length)} />
          <div className={rows.axis}>
            <span>{tellRelatively(-HOURS * HOUR_MS, language)}</span>
            <span>{tellRelatively(0, language)}</span>
          </div>
        </>
      )}
    </Section>
  )
}

/** The oldest hour first; the last one ends now. */
export function byHour(events: readonly Pick<AuditEventShape, 'at'>[], nowMs: number): readonly number[] {
  const hours: number[] = Array.from({ length: HOURS }, () => 0)
  for (const { at } of events) {
    const index = HOURS - 1 - Math.max(0, Math.floor((nowMs - Date.parse(at)) / HOUR_MS))
    if (index >= 0) hours[index] = (hours[index] ?? 0) + 1
  }
  return hours
}

function Bars({ values, label }: { readonly values: readonly number[]; readonly label: string }): ReactNode {
  const most = Math.max(1, ...values)
  return (
    <svg
      className={rows.bars}
      viewBox={`0 0 ${values.length * WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {values.map((value, index) => {
        const height = value === 0 ? 1.5 : Math.max(4, (value / most) * HEIGHT)
        const place = `${index}`
        return (
          <rect
            key={place}
            x={index * WIDTH + 3}
            y={HEIGHT - height}
            width={WIDTH - 6}
            height={height}
            data-empty={value === 0 ? '' : undefined}
          >
            <title>{value}</title>
          </rect>
        )
      })}
    </svg>
  )
}
