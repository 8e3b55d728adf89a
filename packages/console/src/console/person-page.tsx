/** One person: who it is, what protects the account, and everything that is alive under it. */
import { type AccountDetailShape, permissions as own } from '@countersign/protocol'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { personFactorsQuery, personIdentitiesQuery, personQuery, treeQuery } from '../api/admin-queries.ts'
import { client } from '../api/client.ts'
import { shownIn, shownInPages } from '../api/pending-changes.ts'
import { principalNameQuery } from '../api/principal-names.ts'
import { useOptimistic } from '../api/use-optimistic.ts'
import { useT } from '../i18n/messages.ts'
import { PersonIdentities } from '../identities/person-identities.tsx'
import { useMay } from '../shell/me.ts'
import { CredentialTree } from '../tree/credential-tree.tsx'
import rows from '../ui/list.module.css'
import { Missing } from '../ui/missing.tsx'
import { Chip, CopyField, Fact, Facts, Notice, PageHeader, Section } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { EditPrincipal } from './edit-principal.tsx'
import { PersonFactors } from './person-factors.tsx'
import { PrincipalActions } from './principal-actions.tsx'

export function PersonPage({ id }: { readonly id: string }): ReactNode {
  const t = useT()
  const person = useQuery(personQuery(id))
  if (person.data !== undefined) return <Person person={person.data} />
  const list = { text: t.console.people, href: '/console/people' }
  if (person.error !== null)
    return <Missing error={person.error} list={list} onRetry={() => void person.refetch()} />
  return <RowsSkeleton rows={5} />
}

function Person({ person }: { readonly person: AccountDetailShape }): ReactNode {
  const t = useT()
  const may = useMay()
  const [isEditing, setEditing] = useState(false)
  const rename = useRename(person.id)
  const { id, name, email } = person
  const factors = useQuery(personFactorsQuery(id))
  const identities = useQuery(personIdentitiesQuery(id))
  // Asked for with the factors, and shown below them.
  useQuery({ ...treeQuery('account', id), enabled: may(own.sessionsRead) })
  const key = personQuery(id).queryKey
  const title = name ?? email
  return (
    <>
      <PageHeader
        title={title}
        lead={email}
        actions={
          may(own.accountsWrite) && (
            <PrincipalActions
              name={title}
              isDisabled={person.disabled_at !== null}
              queryKey={key}
              list={{ href: '/console/people', key: ['people'] }}
              onEdit={() => setEditing(true)}
              setDisabled={(disabled) => client.accounts.change(id, { disabled })}
              end={() => client.accounts.end(id)}
            />
          )
        }
      />
      {person.disabled_at !== null && (
        <div className={css.spaced}>
          <Notice tone="danger">
            <span className={rows.sentence}>
              {t.console.disabled} <Time at={person.disabled_at} />
            </span>
          </Notice>
        </div>
      )}
      <Section>
        <Facts>
          <Fact label={t.console.roles}>
            <span className={css.chips}>
              {person.roles.map((role) => (
                <Chip key={role}>{role}</Chip>
              ))}
              {person.roles.length === 0 && t.common.none}
            </span>
          </Fact>
          <Fact label={t.common.created}>
            <Time at={person.created_at} />
          </Fact>
        </Facts>
        <div className={css.below}>
          <CopyField label={t.common.id} value={id} />
        </div>
      </Section>
      <PersonFactors id={id} />
      {!factors.isLoading && <PersonIdentities id={id} />}
      {!factors.isLoading && !identities.isLoading && <CredentialTree kind="account" id={id} name={title} />}
      <EditPrincipal
        title={`${t.console.edit}: ${title}`}
        verb={t.common.save}
        from={isEditing ? { name: name ?? '', roles: person.roles, audiences: null } : null}
        changes={[key, ['people']]}
        save={(draft) => client.accounts.change(id, { name: draft.name, roles: draft.roles })}
        rename={rename}
        onClose={() => setEditing(false)}
      />
    </>
  )
}

function useRename(id: string): (text: string) => void {
  const t = useT()
  const named =
    (text: string) =>
    (one: AccountDetailShape): AccountDetailShape => ({ ...one, name: text })
  return useOptimistic({
    scope: id,
    run: (text) => client.accounts.change(id, { name: text }),
    shows: (text) => [
      shownIn(personQuery(id).queryKey, named(text)),
      shownInPages(['people'], id, named(text)),
      shownIn(principalNameQuery(id).queryKey, () => text),
    ],
    done: t.console.saved,
  })
}
