/** One event of the audit log. Whatever others wrote into it is text. */
import type { AuditEventShape } from '@countersign/protocol'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { happenings } from '../audit/happenings.ts'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import rows from '../ui/list.module.css'
import { Chip, type Tone } from '../ui/parts.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'

const TONES: Readonly<Record<AuditEventShape['outcome'], Tone>> = {
  success: 'neutral',
  refused: 'warn',
  failed: 'danger',
}

export interface EventRowProps {
  readonly event: AuditEventShape
  /** Without its details, where the list is to be taken in at a glance. */
  readonly isShort?: boolean
}

export function EventRow({ event, isShort = false }: EventRowProps): ReactNode {
  const t = useT()
  const what = useTexts(happenings)[event.type]
  const details = Object.entries(event.details).filter(([, value]) => value !== null)
  return (
    <li className={`${rows.row} ${rows.event}`}>
      <div className={rows.rowBody}>
        <div className={rows.rowTitle}>
          {what !== undefined && <span>{what}</span>}
          <code className={rows.code}>{event.type}</code>
          {event.outcome !== 'success' && (
            <Chip tone={TONES[event.outcome]}>{t.console.outcomes[event.outcome]}</Chip>
          )}
          {event.chain === null && <Chip>{t.console.unchained}</Chip>}
        </div>
        <div className={rows.rowText}>
          <Party label={t.console.actor} kind={event.actor.kind} id={event.actor.id} />
          {event.target !== null && (
            <>
              {' → '}
              <Party label={t.console.target} kind={event.target.kind} id={event.target.id} />
            </>
          )}
          {event.address !== null && ` · ${t.console.address} ${event.address}`}
        </div>
        {!isShort && details.length > 0 && (
          <div className={rows.rowText}>
            {details.map(([name, value]) => `${name}: ${value}`).join(' · ')}
          </div>
        )}
      </div>
      <div className={rows.rowEnd}>
        <span className={css.quiet}>
          <Time at={event.at} />
        </span>
      </div>
    </li>
  )
}

interface PartyProps {
  readonly label: string
  readonly kind: string
  readonly id: string | null
}

const PAGES: Readonly<Record<string, string>> = { account: 'people', service_account: 'programs' }

function Party({ label, kind, id }: PartyProps): ReactNode {
  const page = PAGES[kind]
  if (id === null) return <span title={label}>{kind}</span>
  return page === undefined ? (
    <span title={label}>
      {kind} {id}
    </span>
  ) : (
    <Link href={`/console/${page}/${encodeURIComponent(id)}`} title={label}>
      {id}
    </Link>
  )
}
