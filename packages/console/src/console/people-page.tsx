/** Everybody who has an account: found by a part of their address or name. */
import { type AccountDetailShape, permissions as own } from '@countersign/protocol'
import { Button, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { peopleQuery } from '../api/admin-queries.ts'
import { client } from '../api/client.ts'
import { Bulk, LISTED, SelectableRow, type Selection, useSelection } from '../bulk/selection.tsx'
import { useT } from '../i18n/messages.ts'
import { Invitations } from '../invitations/invitations.tsx'
import { Invite } from '../invitations/invite.tsx'
import { invitationsQuery } from '../invitations/queries.ts'
import { useMay } from '../shell/me.ts'
import { Icon } from '../ui/icon.tsx'
import rows from '../ui/list.module.css'
import { PagedList, type PagedListProps } from '../ui/pages.tsx'
import { Chip, Empty, PageHeader, Section } from '../ui/parts.tsx'
import { useFilters } from '../ui/search-params.ts'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { CreatePerson } from './create-person.tsx'

const TYPING_MS = 250
const CHANGES = [['people'], ['tree'], ['api-keys'], ['overview']]

export function PeoplePage(): ReactNode {
  const t = useT()
  const may = useMay()
  const [filters, setFilter] = useFilters()
  const search = filters.get('q') ?? ''
  const [isCreating, setCreating] = useState(false)
  const selection = useSelection(search)
  const people = useInfiniteQuery({ ...peopleQuery(search), placeholderData: keepPreviousData })
  // They stand above the others, and would push them down.
  const invitations = useInfiniteQuery(invitationsQuery)
  return (
    <>
      <PageHeader
        title={t.console.people}
        lead={t.console.peopleLead}
        actions={
          may(own.accountsWrite) && (
            <>
              <Invite />
              <Button onClick={() => setCreating(true)}>{t.console.createPerson}</Button>
            </>
          )
        }
      />
      <Invitations />
      {invitations.isLoading ? (
        <Section isFlush>
          <RowsSkeleton rows={6} />
        </Section>
      ) : (
        <Found
          query={people}
          search={search}
          onSearch={(typed) => setFilter('q', typed)}
          selection={selection}
        />
      )}
      <Bulk
        noun="accounts"
        selection={selection}
        list={(cursor) => client.accounts.list({ limit: LISTED, cursor, ...(search !== '' && { search }) })}
        changes={CHANGES}
      />
      <CreatePerson isOpen={isCreating} onClose={() => setCreating(false)} />
    </>
  )
}

interface FoundProps extends Pick<PagedListProps<AccountDetailShape>, 'query'> {
  readonly search: string
  readonly onSearch: (typed: string) => void
  readonly selection: Selection
}

function Found({ query, search, onSearch, selection }: FoundProps): ReactNode {
  const t = useT()
  const may = useMay()
  const [text, setText] = useState(search)
  // The address follows what was typed, and not each letter of it.
  const find = useDebouncedCallback((typed: string) => onSearch(typed.trim()), TYPING_MS)
  return (
    <>
      <TextInput
        mb="md"
        type="search"
        aria-label={t.console.search}
        placeholder={t.console.searchPeople}
        leftSection={<Icon name="search" size={16} />}
        value={text}
        maxLength={100}
        onChange={(event) => {
          setText(event.currentTarget.value)
          find(event.currentTarget.value)
        }}
      />
      <Section isFlush>
        <PagedList
          query={query}
          row={(person) => (
            <PersonRow
              key={person.id}
              person={person}
              selection={may(own.accountsWrite) ? selection : null}
            />
          )}
          empty={<Empty icon="people" title={t.console.peopleNone} text={t.console.peopleNoneText} />}
        />
      </Section>
    </>
  )
}

interface PersonRowProps {
  readonly person: AccountDetailShape
  readonly selection: Selection | null
}

function PersonRow({ person, selection }: PersonRowProps): ReactNode {
  const t = useT()
  const name = person.name ?? person.email
  return (
    <SelectableRow selection={selection} id={person.id} name={name}>
      <Link href={`/console/people/${person.id}`} className={rows.rowLink ?? ''}>
        <span className={rows.initial} aria-hidden>
          {[...name][0]?.toUpperCase()}
        </span>
        <span className={rows.rowBody}>
          <span className={rows.rowTitle}>{name}</span>
          <span className={rows.rowText}>{person.email}</span>
        </span>
        <span className={rows.rowEnd}>
          {person.disabled_at !== null && <Chip tone="danger">{t.console.disabled}</Chip>}
          {person.roles.map((role) => (
            <Chip key={role}>{role}</Chip>
          ))}
          <span className={css.quiet}>
            {t.common.created} <Time at={person.created_at} />
          </span>
          <Icon name="chevron" size={16} />
        </span>
      </Link>
    </SelectableRow>
  )
}
