/** The audit log: who did what, filtered by kind, actor and target, with its chain checked on demand. */
import { Button, TextInput } from '@mantine/core'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { auditQuery } from '../api/admin-queries.ts'
import { client } from '../api/client.ts'
import { useT } from '../i18n/messages.ts'
import rows from '../ui/list.module.css'
import { PagedList } from '../ui/pages.tsx'
import { Empty, Failure, Notice, PageHeader, Section } from '../ui/parts.tsx'
import { useFilters } from '../ui/search-params.ts'
import css from '../ui/ui.module.css'
import { EventRow } from './event-row.tsx'

const FILTERS = ['type', 'actor', 'target'] as const

export function AuditPage(): ReactNode {
  const t = useT()
  const [filters] = useFilters()
  const filter = Object.fromEntries(
    FILTERS.flatMap((name) => {
      const value = filters.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
  const events = useInfiniteQuery(auditQuery(filter))
  const chain = useMutation({ mutationFn: () => client.audit.verifyChain() })
  return (
    <>
      <PageHeader
        title={t.console.audit}
        lead={t.console.auditLead}
        actions={
          <Button variant="default" loading={chain.isPending} onClick={() => chain.mutate()}>
            {t.console.checkChain}
          </Button>
        }
      />
      {chain.error !== null && <Failure error={chain.error} />}
      {chain.data !== undefined && (
        <div className={css.spaced}>
          <Notice tone={chain.data.intact ? 'good' : 'danger'} isAlert>
            {chain.data.intact
              ? t.console.chainIntact
              : t.console.chainBroken(
                  chain.data.broken_at ?? 0,
                  t.console.causes[chain.data.cause ?? 'altered'],
                )}
          </Notice>
        </div>
      )}
      <Filters key={filters.toString()} />
      <Section isFlush>
        <PagedList
          query={events}
          row={(event) => <EventRow key={event.id} event={event} />}
          empty={<Empty icon="audit" title={t.console.auditNone} text={t.console.auditNoneText} />}
        />
      </Section>
    </>
  )
}

/** Written to the address when they are sent, not while they are typed: half an id finds nothing. */
function Filters(): ReactNode {
  const t = useT()
  const [filters, setFilter] = useFilters()
  const [draft, setDraft] = useState(() =>
    Object.fromEntries(FILTERS.map((name) => [name, filters.get(name) ?? ''])),
  )
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    for (const name of FILTERS) setFilter(name, (draft[name] ?? '').trim())
  }
  return (
    <form className={rows.filters} onSubmit={submit}>
      {FILTERS.map((name) => (
        <TextInput
          key={name}
          label={t.console[name]}
          value={draft[name] ?? ''}
          maxLength={100}
          onChange={(event) => setDraft({ ...draft, [name]: event.currentTarget.value })}
        />
      ))}
      <Button type="submit" variant="default">
        {t.console.filter}
      </Button>
    </form>
  )
}
