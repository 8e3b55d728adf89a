/** One OAuth client: what it may do, how it proves itself, and where people come back to. */
import type { ClientWithSecret } from '@countersign/client'
import { type ClientShape, permissions as own } from '@countersign/protocol'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMay } from '../shell/me.ts'
import { Missing } from '../ui/missing.tsx'
import { Chip, CopyField, Fact, Facts, Notice, PageHeader, Section } from '../ui/parts.tsx'
import { SecretOnce } from '../ui/secret-once.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { ClientActions } from './client-actions.tsx'
import styles from './clients.module.css'
import { EditClient } from './edit-client.tsx'
import { FIRST_PARTY, kindOfClient } from './kinds.ts'
import { MoreFacts } from './more-facts.tsx'
import { clientQuery } from './queries.ts'
import { clientTexts } from './texts.ts'

export function ClientPage({ id }: { readonly id: string }): ReactNode {
  const words = useTexts(clientTexts)
  const client = useQuery(clientQuery(id))
  if (client.data !== undefined) return <OneClient client={client.data} />
  const list = { text: words.title, href: '/console/clients' }
  if (client.error !== null)
    return <Missing error={client.error} list={list} onRetry={() => void client.refetch()} />
  return <RowsSkeleton rows={5} />
}

function OneClient({ client }: { readonly client: ClientShape }): ReactNode {
  const t = useT()
  const words = useTexts(clientTexts)
  const may = useMay()
  const [isEditing, setEditing] = useState(false)
  const [made, setMade] = useState<ClientWithSecret | null>(null)
  const kind = kindOfClient(client)
  const isOwn = client.id === FIRST_PARTY
  return (
    <>
      <PageHeader
        title={client.name}
        lead={kind === null ? words.otherKind : words.kinds[kind]}
        actions={
          may(own.clientsWrite) &&
          !isOwn && <ClientActions client={client} onEdit={() => setEditing(true)} onMade={setMade} />
        }
      />
      {isOwn && (
        <div className={css.spaced}>
          <Notice tone="brand">{words.builtIn}</Notice>
        </div>
      )}
      {client.registration !== 'administrator' && (
        <div className={css.spaced}>
          <Notice tone="warn">{words.uncheckedMeans[client.registration]}</Notice>
        </div>
      )}
      {client.disabled_at !== null && (
        <div className={css.spaced}>
          <Notice tone="warn">
            {words.disabled} <Time at={client.disabled_at} />
          </Notice>
        </div>
      )}
      <ClientFacts client={client} />
      {client.redirect_uris.length > 0 && (
        <Section title={words.redirectUris}>
          <div className={styles.uris}>
            {client.redirect_uris.map((uri) => (
              <CopyField key={uri} label={words.redirectUris} value={uri} />
            ))}
          </div>
        </Section>
      )}
      <Section title={words.scopes}>
        <span className={css.chips}>
          {client.scopes.map((scope) => (
            <Chip key={scope} tone={scope === '*' ? 'warn' : 'neutral'}>
              {scope === '*' ? t.account.allPermissions : <code>{scope}</code>}
            </Chip>
          ))}
          {client.scopes.length === 0 && <None />}
        </span>
      </Section>
      <MoreFacts client={client} />
      <EditClient client={client} isOpen={isEditing} onClose={() => setEditing(false)} />
      <SecretOnce label={words.secret} secret={made?.client_secret ?? null} onKept={() => setMade(null)} />
    </>
  )
}

const None = (): ReactNode => {
  const t = useT()
  return <span className={css.plain}>{t.common.none}</span>
}

function ClientFacts({ client }: { readonly client: ClientShape }): ReactNode {
  const t = useT()
  const words = useTexts(clientTexts)
  const grants: Readonly<Record<string, string>> = words.grantTypes
  const methods: Readonly<Record<string, string>> = words.methods
  const method = client.token_endpoint_auth_method
  return (
    <Section>
      <Facts>
        <Fact label={words.method}>{methods[method] ?? method}</Fact>
        <Fact label={words.grants}>
          {client.grant_types.length === 0
            ? t.common.none
            : client.grant_types.map((grant) => grants[grant] ?? grant).join(', ')}
        </Fact>
        <Fact label={words.audiences}>
          {client.audiences.length === 0 ? words.audiencesOwn : client.audiences.join(', ')}
        </Fact>
        {client.service_account_id !== null && (
          <Fact label={words.serviceAccount}>
            <Link href={`/console/programs/${client.service_account_id}`}>{client.service_account_id}</Link>
          </Fact>
        )}
        <Fact label={words.profile}>{client.profile}</Fact>
        {client.id_token_signed_response_alg !== null && (
          <Fact label={words.idTokenAlgorithm}>{client.id_token_signed_response_alg}</Fact>
        )}
        {client.subject_type === 'pairwise' && (
          <Fact label={words.subjects}>{client.sector_identifier_uri ?? client.subject_type}</Fact>
        )}
        {client.registration !== 'administrator' && (
          <Fact label={words.firstUsed}>
            {client.first_used_at === null ? words.neverUsed : <Time at={client.first_used_at} />}
          </Fact>
        )}
        {client.id !== FIRST_PARTY && (
          <Fact label={t.common.created}>
            <Time at={client.created_at} />
          </Fact>
        )}
      </Facts>
      <div className={css.below}>
        <span className={css.label}>{words.id}</span>
        <CopyField label={words.id} value={client.id} />
      </div>
    </Section>
  )
}
