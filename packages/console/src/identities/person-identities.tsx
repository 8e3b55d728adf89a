/** Somebody's accounts elsewhere, for when they have lost one; nothing where there are none. */
import type { IdentityShape } from '@countersign/protocol'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { personIdentitiesQuery } from '../api/admin-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMayChangeWaysIn } from '../shell/me.ts'
import { Confirm } from '../ui/confirm.tsx'
import rows from '../ui/list.module.css'
import { Failure, Section } from '../ui/parts.tsx'
import { IdentityRow, useIdentityName } from './identity-row.tsx'
import { identityTexts } from './texts.ts'

export function PersonIdentities({ id }: { readonly id: string }): ReactNode {
  const words = useTexts(identityTexts)
  const nameOf = useIdentityName()
  const mayChange = useMayChangeWaysIn(id)
  const query = personIdentitiesQuery(id)
  const { data, error, refetch } = useQuery(query)
  const [asked, setAsked] = useState<IdentityShape | null>(null)
  const close = (): void => setAsked(null)
  const disconnect = useAction({
    run: (identity: IdentityShape) => client.accountIdentities.remove(id, identity.id),
    changes: [query.queryKey],
    done: (_, { provider }) => words.disconnected(provider.name),
    onDone: close,
  })
  const items = data?.items ?? []
  return (
    <>
      {(error !== null || items.length > 0) && (
        <Section title={words.title} isFlush>
          {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
          <ul className={rows.list}>
            {items.map((identity) => (
              <IdentityRow
                key={identity.id}
                identity={identity}
                onDisconnect={mayChange ? () => setAsked(identity) : undefined}
              />
            ))}
          </ul>
        </Section>
      )}
      <Confirm
        title={asked === null ? null : words.disconnectTitle(nameOf(asked))}
        text={words.personDisconnectText}
        verb={words.disconnect}
        isBusy={disconnect.isPending}
        onConfirm={() => asked !== null && disconnect.mutate(asked)}
        onClose={close}
      />
    </>
  )
}
