/**
 * One's own accounts elsewhere: connect one by way of its service, see them, disconnect them. Nothing is shown where no
 * service is set.
 */
import type { IdentityShape, ProviderShape } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { myIdentitiesQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { Confirm } from '../ui/confirm.tsx'
import rows from '../ui/list.module.css'
import { Empty, Failure, Section } from '../ui/parts.tsx'
import css from './identities.module.css'
import { IdentityRow, useIdentityName } from './identity-row.tsx'
import { identityTexts } from './texts.ts'

export function OwnIdentities(): ReactNode {
  const words = useTexts(identityTexts)
  const { data, error, refetch } = useQuery(myIdentitiesQuery)
  const [asked, setAsked] = useState<IdentityShape | null>(null)
  const { items = [], providers = [] } = data ?? {}
  const hasItems = items.length > 0
  const buttons = providers.length > 0 && <ConnectButtons providers={providers} />
  return (
    <>
      {(error !== null || hasItems || providers.length > 0) && (
        <Section title={words.title} {...(hasItems && { lead: words.lead, actions: buttons })} isFlush>
          {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
          {data !== undefined && !hasItems && (
            <Empty icon="globe" title={words.empty} text={words.emptyText} action={buttons} />
          )}
          <ul className={rows.list}>
            {items.map((identity) => (
              <IdentityRow key={identity.id} identity={identity} onDisconnect={() => setAsked(identity)} />
            ))}
          </ul>
        </Section>
      )}
      <Disconnecting identity={asked} onClose={() => setAsked(null)} />
    </>
  )
}

function ConnectButtons({ providers }: { readonly providers: readonly ProviderShape[] }): ReactNode {
  return (
    <div className={css.ways}>
      {providers.map((provider) => (
        <ConnectButton key={provider.id} provider={provider} />
      ))}
    </div>
  )
}

function ConnectButton({ provider: { id, name } }: { readonly provider: ProviderShape }): ReactNode {
  const words = useTexts(identityTexts)
  const connect = useAction({
    run: () => client.identities.connect(id),
    onDone: ({ authorization_url: url }) => window.location.assign(url),
  })
  // Also once that is answered: the browser is about to leave.
  const isLeaving = connect.isPending || connect.isSuccess
  return (
    <Button
      variant="default"
      classNames={{ root: css.way, label: css.wayLabel }}
      loading={isLeaving}
      onClick={() => connect.mutate()}
    >
      {words.connect(name)}
    </Button>
  )
}

interface DisconnectingProps {
  readonly identity: IdentityShape | null
  readonly onClose: () => void
}

function Disconnecting({ identity, onClose }: DisconnectingProps): ReactNode {
  const words = useTexts(identityTexts)
  const nameOf = useIdentityName()
  const disconnect = useAction({
    run: ({ id }: IdentityShape) => client.identities.remove(id),
    changes: [myIdentitiesQuery.queryKey],
    done: (_, { provider }) => words.disconnected(provider.name),
    onDone: onClose,
  })
  return (
    <Confirm
      title={identity === null ? null : words.disconnectTitle(nameOf(identity))}
      text={words.disconnectText}
      verb={words.disconnect}
      isBusy={disconnect.isPending}
      onConfirm={() => identity !== null && disconnect.mutate(identity)}
      onClose={onClose}
    />
  )
}
