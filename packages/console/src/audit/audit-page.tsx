/** The audit log: who did what, day by day, filtered by kind, actor, target and time; exported, and its chain checked. */
import type { AuditQuery } from '@countersign/client'
import type { AuditEventShape } from '@countersign/protocol'
import { Button, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type FormEvent, Fragment, type ReactNode, useState } from 'react'
import { auditQuery } from '../api/admin-queries.ts'
import { EventRow } from '../console/event-row.tsx'
import { type Language, useSpeech, useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import rows from '../ui/list.module.css'
import { PagedList } from '../ui/pages.tsx'
import { Empty, PageHeader, Section } from '../ui/parts.tsx'
import { useFilters } from '../ui/search-params.ts'
import { localeOf, useNow } from '../ui/time.tsx'
import css from './audit.module.css'
import { Chain } from './chain.tsx'
import { ExportButtons } from './export-buttons.tsx'
import { auditTexts } from './texts.ts'

const WORDS = ['type', 'actor', 'target'] as const
const TIMES = ['since', 'until'] as const

export function AuditPage(): ReactNode {
  const t = useT()
  const [filters] = useFilters()
  const filter = toQuery(filters)
  const events = useInfiniteQuery(auditQuery(filter))
  const firsts = firstsOfDays(events.data?.pages.flatMap(({ items }) => items) ?? [])
  return (
    <>
      <PageHeader
        title={t.console.audit}
        lead={t.console.auditLead}
        actions={<ExportButtons filter={filter} />}
      />
      <Chain />
      <Filters key={filters.toString()} />
      <Section isFlush>
        <PagedList
          query={events}
          row={(event) => (
            <Fragment key={event.id}>
              {firsts.has(event.id) && <DayRow at={event.at} />}
              <EventRow event={event} />
            </Fragment>
          )}
          empty={<Empty icon="audit" title={t.console.auditNone} text={t.console.auditNoneText} />}
        />
      </Section>
    </>
  )
}

function toQuery(filters: URLSearchParams): AuditQuery {
  const words = WORDS.flatMap((name) => {
    const value = filters.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  const times = TIMES.flatMap((name) => {
    const ms = Date.parse(filters.get(name) ?? '')
    return Number.isNaN(ms) ? [] : [[name, new Date(ms).toISOString()] as const]
  })
  return Object.fromEntries([...words, ...times])
}

const dayOf = (at: string): string => new Date(at).toDateString()

/** The events that a day begins with, as the list has them: the newest first. */
function firstsOfDays(events: readonly AuditEventShape[]): ReadonlySet<string> {
  const firsts = new Map<string, string>()
  for (const { id, at } of events) if (!firsts.has(dayOf(at))) firsts.set(dayOf(at), id)
  return new Set(firsts.values())
}

function DayRow({ at }: { readonly at: string }): ReactNode {
  const { language } = useSpeech()
  const words = useTexts(auditTexts)
  const nowMs = useNow()
  return (
    <li className={css.day}>
      <h2>{tellDay(at, nowMs, language, words)}</h2>
    </li>
  )
}

const DAY_MS = 86_400_000

function tellDay(
  at: string,
  nowMs: number,
  language: Language,
  words: { readonly today: string; readonly yesterday: string },
): string {
  if (dayOf(at) === new Date(nowMs).toDateString()) return words.today
  if (dayOf(at) === new Date(nowMs - DAY_MS).toDateString()) return words.yesterday
  return new Date(at).toLocaleDateString(localeOf(language), { dateStyle: 'full' })
}

/** Written to the address when they are sent, not while they are typed: half an id finds nothing. */
function Filters(): ReactNode {
  const t = useT()
  const words = useTexts(auditTexts)
  const [filters, setFilter] = useFilters()
  const names = [...WORDS, ...TIMES]
  const [draft, setDraft] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(names.map((name) => [name, filters.get(name) ?? ''])),
  )
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    for (const name of names) setFilter(name, (draft[name] ?? '').trim())
  }
  const clear = (): void => {
    for (const name of names) setFilter(name, '')
  }
  return (
    <form className={rows.filters} onSubmit={submit}>
      {names.map((name) => (
        <TextInput
          key={name}
          type={name === 'since' || name === 'until' ? 'datetime-local' : 'text'}
          label={name === 'since' || name === 'until' ? words[name] : t.console[name]}
          value={draft[name] ?? ''}
          maxLength={100}
          onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
        />
      ))}
      <div className={rows.filterButtons}>
        <Button type="submit" variant="default">
          {t.console.filter}
        </Button>
        {names.some((name) => filters.get(name) !== null) && (
          <Button variant="subtle" onClick={clear}>
            {words.clear}
          </Button>
        )}
      </div>
    </form>
  )
}
