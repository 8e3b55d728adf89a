/** One event of the audit log. Whatever others wrote into it is text. */
import { type AuditEventShape, isPrincipalId } from '@countersign/protocol'
import { Fragment, type ReactNode } from 'react'
import { happenings } from '../audit/happenings.ts'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import rows from '../ui/list.module.css'
import { Chip, type Tone } from '../ui/parts.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { PrincipalLink } from './principal-link.tsx'

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
          <Party {...event.actor} />
          {event.target !== null && (
            <>
              {' → '}
              <Party {...event.target} />
            </>
          )}
          {event.address !== null && ` · ${t.console.address} ${event.address}`}
        </div>
        {!isShort && details.length > 0 && (
          <div className={rows.rowText}>
            <Details details={details} />
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
  readonly kind: string
  readonly id: string | null
}

/** Somebody or something that an event names: people and programs by name, everything else by its kind and id. */
function Party({ kind, id }: PartyProps): ReactNode {
  const { kinds } = useT().console
  if (id !== null && isPrincipalId(id)) return <PrincipalLink id={id} />
  const said = Object.hasOwn(kinds, kind) ? kinds[kind as keyof typeof kinds] : kind
  return id === null ? said : `${said} ${id}`
}

type Detail = AuditEventShape['details'][string]

function Details({ details }: { readonly details: readonly (readonly [string, Detail])[] }): ReactNode {
  return details.map(([name, value], index) => (
    <Fragment key={name}>
      {index > 0 && ' · '}
      {name}: <DetailValue name={name} value={value} />
    </Fragment>
  ))
}

/** Details are written once and for good, so that what a value is can only be seen by its name and looks. */
function DetailValue({ name, value }: { readonly name: string; readonly value: Detail }): ReactNode {
  if (typeof value === 'number' && /_at(?:_ms)?$/.test(name))
    return <Time at={new Date(value).toISOString()} />
  return typeof value === 'string' ? <PrincipalLink id={value} /> : String(value)
}
