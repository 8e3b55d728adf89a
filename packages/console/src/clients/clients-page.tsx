/** OAuth clients: found by a part of their id or name, and registered. */
import type { ClientWithSecret } from '@countersign/client'
import { type ClientShape, permissions as own } from '@countersign/protocol'
import { Button, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { client as api } from '../api/client.ts'
import { Bulk, LISTED, SelectableRow, type Selection, useSelection } from '../bulk/selection.tsx'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMay } from '../shell/me.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import rows from '../ui/list.module.css'
import { PagedList } from '../ui/pages.tsx'
import { Chip, CopyField, Empty, PageHeader, Section } from '../ui/parts.tsx'
import { useFilters } from '../ui/search-params.ts'
import { SecretOnce } from '../ui/secret-once.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { CreateClient } from './create-client.tsx'
import { FIRST_PARTY, kindOfClient } from './kinds.ts'
import { clientsQuery } from './queries.ts'
import { clientTexts } from './texts.ts'

const TYPING_MS = 250
const CHANGES = [['clients'], ['overview']]

export function ClientsPage(): ReactNode {
  const t = useT()
  const words = useTexts(clientTexts)
  const may = useMay()
  const [filters, setFilter] = useFilters()
  const search = filters.get('q') ?? ''
  const [text, setText] = useState(search)
  // The address follows what was typed, and not each letter of it.
  const find = useDebouncedCallback((typed: string) => setFilter('q', typed.trim()), TYPING_MS)
  const [isCreating, setCreating] = useState(false)
  const [made, setMade] = useState<ClientWithSecret | null>(null)
  const selection = useSelection(search)
  const clients = useInfiniteQuery({ ...clientsQuery(search), placeholderData: keepPreviousData })
  const create = may(own.clientsWrite) && <Button onClick={() => setCreating(true)}>{words.create}</Button>
  const actions = (
    <>
      <Link href="/console/registration">{t.console.registration}</Link>
      {create}
    </>
  )
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} actions={actions} />
      <TextInput
        mb="md"
        type="search"
        aria-label={t.console.search}
        placeholder={words.search}
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
          query={clients}
          row={(one) => (
            <ClientRow
              key={one.id}
              client={one}
              selection={may(own.clientsWrite) && one.id !== FIRST_PARTY ? selection : null}
            />
          )}
          empty={
            search === '' ? (
              <Empty icon="grant" title={words.none} text={words.noneText} action={create} />
            ) : (
              <Empty icon="search" title={words.notFound} text={words.notFoundText} />
            )
          }
        />
      </Section>
      <Bulk
        noun="clients"
        selection={selection}
        list={(cursor) => api.clients.list({ limit: LISTED, cursor, ...(search !== '' && { search }) })}
        changes={CHANGES}
      />
      <CreateClient
        isOpen={isCreating}
        onMade={(answer) => {
          setCreating(false)
          setMade(answer)
        }}
        onClose={() => setCreating(false)}
      />
      <SecretOnce label={words.secret} secret={made?.client_secret ?? null} onKept={() => setMade(null)}>
        <div>
          <span className={css.label}>{words.id}</span>
          <CopyField label={words.id} value={made?.client.id ?? ''} />
        </div>
      </SecretOnce>
    </>
  )
}

const ICONS: Readonly<Record<'web' | 'public' | 'service', IconName>> = {
  web: 'globe',
  public: 'phone',
  service: 'bot',
}

interface ClientRowProps {
  readonly client: ClientShape
  readonly selection: Selection | null
}

function ClientRow({ client, selection }: ClientRowProps): ReactNode {
  const t = useT()
  const words = useTexts(clientTexts)
  const kind = kindOfClient(client)
  return (
    <SelectableRow selection={selection} id={client.id} name={client.name}>
      <Link href={`/console/clients/${encodeURIComponent(client.id)}`} className={rows.rowLink ?? ''}>
        <span className={rows.rowIcon}>
          <Icon name={kind === null ? 'grant' : ICONS[kind]} />
        </span>
        <span className={rows.rowBody}>
          <span className={rows.rowTitle}>{client.name}</span>
          <span className={rows.rowText}>
            <code className={css.mono}>{client.id}</code>
          </span>
        </span>
        <span className={rows.rowEnd}>
          {client.registration !== 'administrator' && <Chip tone="warn">{words.unchecked}</Chip>}
          {client.disabled_at !== null && <Chip tone="danger">{words.disabled}</Chip>}
          {client.id === FIRST_PARTY ? (
            <Chip>{t.console.builtIn}</Chip>
          ) : (
            <>
              <Chip>{kind === null ? words.otherKind : words.kinds[kind]}</Chip>
              <span className={css.quiet}>
                {t.common.created} <Time at={client.created_at} />
              </span>
            </>
          )}
          <Icon name="chevron" size={16} />
        </span>
      </Link>
    </SelectableRow>
  )
}
