/** Every API key, whoever it belongs to. */
import type { ApiKeyWithSecret } from '@countersign/client'
import type { ApiKeyShape } from '@countersign/protocol'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { allKeysQuery } from '../api/admin-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { KeyRow } from '../keys/key-row.tsx'
import { KeySecret } from '../keys/key-secret.tsx'
import { RotateKey } from '../keys/rotate-key.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { PagedList } from '../ui/pages.tsx'
import { Empty, PageHeader, Section } from '../ui/parts.tsx'

type Open =
  | { readonly kind: 'rotate' | 'end'; readonly key: ApiKeyShape }
  | { readonly kind: 'secret'; readonly made: ApiKeyWithSecret }

const CHANGES = [['api-keys']]

export function AllKeysPage(): ReactNode {
  const t = useT()
  const keys = useInfiniteQuery(allKeysQuery)
  const [open, setOpen] = useState<Open | null>(null)
  const close = (): void => setOpen(null)
  const end = useAction({
    run: (id: string) => client.apiKeys.end(id),
    changes: CHANGES,
    done: () => t.account.keyEnded,
    onDone: close,
  })
  return (
    <>
      <PageHeader title={t.console.keys} lead={t.console.keysLead} />
      <Section isFlush>
        <PagedList
          query={keys}
          row={(key) => (
            <KeyRow
              key={key.id}
              apiKey={key}
              owner={<Owner owner={key.owner} />}
              onRotate={() => setOpen({ kind: 'rotate', key })}
              onEnd={() => setOpen({ kind: 'end', key })}
            />
          )}
          empty={<Empty icon="key" title={t.account.keysEmpty} text={t.account.keysEmptyText} />}
        />
      </Section>
      <RotateKey
        apiKey={open?.kind === 'rotate' ? open.key : null}
        onClose={close}
        onMade={(made) => setOpen({ kind: 'secret', made })}
        changes={CHANGES}
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

function Owner({ owner }: { readonly owner: ApiKeyShape['owner'] }): ReactNode {
  const t = useT()
  const href = `/console/${owner.kind === 'account' ? 'people' : 'programs'}/${owner.id}`
  return (
    <>
      {' · '}
      {t.console.owner} <Link href={href}>{t.console.kinds[owner.kind]}</Link>
    </>
  )
}
