/** A person's own API keys. */
import type { ApiKeyWithSecret } from '@countersign/client'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { apiKeysQuery } from '../api/account-queries.ts'
import { useT } from '../i18n/messages.ts'
import { CreateKey } from '../keys/create-key.tsx'
import { type KeyDialogue, KeyDialogues } from '../keys/key-dialogues.tsx'
import { KeyRow } from '../keys/key-row.tsx'
import rows from '../ui/list.module.css'
import { Empty, Failure, PageHeader, Section } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'

type Open = { readonly kind: 'create' } | KeyDialogue

export function KeysPage(): ReactNode {
  const t = useT()
  const query = apiKeysQuery()
  const keys = useQuery(query)
  const [open, setOpen] = useState<Open | null>(null)
  const close = (): void => setOpen(null)
  const isEmpty = keys.data?.items.length === 0
  const create = <Button onClick={() => setOpen({ kind: 'create' })}>{t.account.createKey}</Button>
  const onMade = (made: ApiKeyWithSecret): void => setOpen({ kind: 'secret', made })
  return (
    <>
      <PageHeader
        title={t.account.keys}
        lead={t.account.keysLead}
        // It has its place once that is known: a button that moves takes the focus with it.
        actions={keys.isPending || isEmpty ? undefined : create}
      />
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
      <KeyDialogues
        open={open?.kind === 'create' ? null : open}
        onOpen={setOpen}
        changes={[query.queryKey]}
      />
    </>
  )
}
