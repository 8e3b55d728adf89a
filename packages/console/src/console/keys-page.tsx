/** Every API key, whoever it belongs to. */
import { type ApiKeyShape, permissions as own } from '@countersign/protocol'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { allKeysQuery } from '../api/admin-queries.ts'
import { client } from '../api/client.ts'
import { Bulk, LISTED, SelectBox, useSelection } from '../bulk/selection.tsx'
import { useT } from '../i18n/messages.ts'
import { type KeyDialogue, KeyDialogues } from '../keys/key-dialogues.tsx'
import { KeyRow } from '../keys/key-row.tsx'
import { useMay } from '../shell/me.ts'
import { PagedList } from '../ui/pages.tsx'
import { Empty, PageHeader, Section } from '../ui/parts.tsx'
import { PrincipalLink } from './principal-link.tsx'

const CHANGES = [['api-keys']]

export function AllKeysPage(): ReactNode {
  const t = useT()
  const keys = useInfiniteQuery(allKeysQuery)
  const may = useMay()
  const selection = useSelection()
  const [open, setOpen] = useState<KeyDialogue | null>(null)
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
              box={may(own.apiKeysWrite) && <SelectBox selection={selection} id={key.id} name={key.name} />}
              owner={<Owner owner={key.owner} />}
              onRotate={() => setOpen({ kind: 'rotate', key })}
              onEnd={() => setOpen({ kind: 'end', key })}
            />
          )}
          empty={<Empty icon="key" title={t.account.keysEmpty} text={t.account.keysEmptyText} />}
        />
      </Section>
      <Bulk
        noun="api-keys"
        selection={selection}
        list={(cursor) => client.apiKeys.list({ limit: LISTED, cursor, owner: 'all' })}
        changes={CHANGES}
      />
      <KeyDialogues open={open} onOpen={setOpen} changes={CHANGES} />
    </>
  )
}

/** Many keys are called alike; whose they are tells them apart. */
function Owner({ owner }: { readonly owner: ApiKeyShape['owner'] }): ReactNode {
  const t = useT()
  return (
    <>
      {' · '}
      {t.console.owner} <PrincipalLink id={owner.id} />
    </>
  )
}
