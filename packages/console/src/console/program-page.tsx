/** One service account: what it may do, its keys, and everything that is alive under it. */
import type { ApiKeyWithSecret } from '@countersign/client'
import { permissions as own, type ServiceAccountShape } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { programQuery } from '../api/admin-queries.ts'
import { client } from '../api/client.ts'
import { shownIn, shownInPages } from '../api/pending-changes.ts'
import { principalNameQuery } from '../api/principal-names.ts'
import { useOptimistic } from '../api/use-optimistic.ts'
import { useT } from '../i18n/messages.ts'
import { CreateKey } from '../keys/create-key.tsx'
import { KeySecret } from '../keys/key-secret.tsx'
import { useMay } from '../shell/me.ts'
import { CredentialTree } from '../tree/credential-tree.tsx'
import { Missing } from '../ui/missing.tsx'
import { Chip, CopyField, Fact, Facts, PageHeader, Section } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { EditPrincipal } from './edit-principal.tsx'
import { PrincipalActions } from './principal-actions.tsx'

export function ProgramPage({ id }: { readonly id: string }): ReactNode {
  const t = useT()
  const program = useQuery(programQuery(id))
  if (program.data !== undefined) return <Program program={program.data} />
  const list = { text: t.console.programs, href: '/console/programs' }
  if (program.error !== null)
    return <Missing error={program.error} list={list} onRetry={() => void program.refetch()} />
  return <RowsSkeleton rows={5} />
}

function Program({ program }: { readonly program: ServiceAccountShape }): ReactNode {
  const t = useT()
  const may = useMay()
  const [isEditing, setEditing] = useState(false)
  const rename = useRename(program.id)
  const { id, name } = program
  const key = programQuery(id).queryKey
  return (
    <>
      <PageHeader
        title={name}
        lead={t.console.kinds.service_account}
        actions={
          <>
            {may(own.apiKeysWrite) && <NewKey owner={id} />}
            {may(own.serviceAccountsWrite) && (
              <PrincipalActions
                name={name}
                isDisabled={program.disabled_at !== null}
                queryKey={key}
                list={{ href: '/console/programs', key: ['programs'] }}
                onEdit={() => setEditing(true)}
                setDisabled={(disabled) => client.serviceAccounts.change(id, { disabled })}
                end={() => client.serviceAccounts.end(id)}
              />
            )}
          </>
        }
      />
      <ProgramFacts program={program} />
      <CredentialTree kind="service_account" id={id} name={name} />
      <EditPrincipal
        title={`${t.console.edit}: ${name}`}
        verb={t.common.save}
        from={isEditing ? program : null}
        changes={[key, ['programs']]}
        save={({ name: next, roles, audiences }) =>
          client.serviceAccounts.change(id, { name: next, roles, audiences: audiences ?? [] })
        }
        rename={rename}
        onClose={() => setEditing(false)}
      />
    </>
  )
}

function ProgramFacts({ program }: { readonly program: ServiceAccountShape }): ReactNode {
  const t = useT()
  return (
    <Section>
      <Facts>
        <Fact label={t.console.roles}>
          <span className={css.chips}>
            {program.roles.map((role) => (
              <Chip key={role}>{role}</Chip>
            ))}
            {program.roles.length === 0 && t.common.none}
          </span>
        </Fact>
        <Fact label={t.console.audiences}>
          {program.audiences.length === 0 ? t.common.none : program.audiences.join(', ')}
        </Fact>
        <Fact label={t.common.created}>
          <Time at={program.created_at} />
        </Fact>
      </Facts>
      <div className={css.below}>
        <CopyField label={t.common.id} value={program.id} />
      </div>
    </Section>
  )
}

function NewKey({ owner }: { readonly owner: string }): ReactNode {
  const t = useT()
  const [isOpen, setOpen] = useState(false)
  const [made, setMade] = useState<ApiKeyWithSecret | null>(null)
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t.account.createKey}</Button>
      <CreateKey
        isOpen={isOpen}
        serviceAccountId={owner}
        changes={[['api-keys'], ['tree', owner]]}
        onMade={(key) => {
          setOpen(false)
          setMade(key)
        }}
        onClose={() => setOpen(false)}
      />
      <KeySecret made={made} onKept={() => setMade(null)} />
    </>
  )
}

function useRename(id: string): (text: string) => void {
  const t = useT()
  const named =
    (text: string) =>
    (one: ServiceAccountShape): ServiceAccountShape => ({ ...one, name: text })
  return useOptimistic({
    scope: id,
    run: (text) => client.serviceAccounts.change(id, { name: text }),
    shows: (text) => [
      shownIn(programQuery(id).queryKey, named(text)),
      shownInPages(['programs'], id, named(text)),
      shownIn(principalNameQuery(id).queryKey, () => text),
    ],
    done: t.console.saved,
  })
}
