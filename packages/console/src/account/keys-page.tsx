/** A person's own API keys. */
import type { ApiKeyWithSecret } from '@countersign/client'
import type { ApiKeyShape } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { apiKeysQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { CreateKey } from '../keys/create-key.tsx'
import { KeyRow } from '../keys/key-row.tsx'
import { KeySecret } from '../keys/key-secret.tsx'
import { RotateKey } from '../keys/rotate-key.tsx'
import { Confirm } from '../ui/confirm.tsx'
import rows from '../ui/list.module.css'
import { Empty, Failure, PageHeader, Section } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'

type Open =
  | { readonly kind: 'create' }
  | { readonly kind: 'rotate' | 'end'; readonly key: ApiKeyShape }
  | { readonly kind: 'secret'; readonly made: ApiKeyWithSecret }

export function KeysPage(): ReactNode {
  const t = useT()
  const query = apiKeysQuery()
  const keys = useQuery(query)
  const [open, setOpen] = useState<Open | null>(null)
  const close = (): void => setOpen(null)
  const end = useAction({
    run: (id: string) => client.apiKeys.end(id),
    changes: [query.queryKey],
    done: () => t.account.keyEnded,
    onDone: close,
  })
  const isEmpty = keys.data?.items.length === 0
  const create = <Button onClick={() => setOpen({ kind: 'create' })}>{t.account.createKey}</Button>
  const onMade = (made: ApiKeyWithSecret): void => setOpen({ kind: 'secret', made })
  return (
    <>
      <PageHeader title={t.account.keys} lead={t.account.keysLead} actions={isEmpty ? undefined : create} />
      <Section isFlush>
        {keys.isPending && <RowsSkeleton rows={3} />}
        {keys.error !== null && <Failure error={keys.error} onRetry={() => void keys.refetch()} />}
        {isEmpty && (
          <Empty icon="key" title={t.account.keysEmpty} text={t.account.keysEmptyText} action={create} />
        )}
        <ul className={rows.list}>
          {keys.data?.items.map((key) => (
            <KeyRow
              key={key.id}
              apiKey={key}
              onRotate={() => setOpen({ kind: 'rotate', key })}
              onEnd={() => setOpen({ kind: 'end', key })}
            />
          ))}
        </ul>
      </Section>
      <CreateKey
        isOpen={open?.kind === 'create'}
        onClose={close}
        onMade={onMade}
        changes={[query.queryKey]}
      />
      <RotateKey
        apiKey={open?.kind === 'rotate' ? open.key : null}
        onClose={close}
        onMade={onMade}
        changes={[query.queryKey]}
      />
      <KeySecret made={open?.kind === 'secret' ? open.made : null} onKept={close} />
      <Confirm
        title={open?.kind === 'end' ? t.account.endKeyTitle(open.key.name) : null}
        text={t.account.endKeyText}
        verb={t.account.endKey}
        isBusy={end.isPending}
        onConfirm={() => open?.kind === 'end' && end.mutate(open.key.id)}
        onClose={close}
      />
    </>
  )
}
