/** Gives a key a new secret, with a time in which the old one still works. */
import type { ApiKeyWithSecret } from '@countersign/client'
import type { ApiKeyShape } from '@countersign/protocol'
import { Select } from '@mantine/core'
import type { QueryKey } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { Confirm } from '../ui/confirm.tsx'

const OVERLAP_SECONDS = { now: 0, hour: 3_600, day: 86_400, week: 604_800 } as const
type Overlap = keyof typeof OVERLAP_SECONDS

export interface RotateKeyProps {
  readonly apiKey: ApiKeyShape | null
  readonly changes: readonly QueryKey[]
  readonly onMade: (made: ApiKeyWithSecret) => void
  readonly onClose: () => void
}

export function RotateKey({ apiKey, changes, onMade, onClose }: RotateKeyProps): ReactNode {
  const t = useT()
  const [overlap, setOverlap] = useState<Overlap>('day')
  const rotate = useAction({
    run: (id: string) => client.apiKeys.rotate(id, OVERLAP_SECONDS[overlap]),
    changes,
    onDone: onMade,
  })
  const data = Object.entries(t.account.overlaps).map(([value, label]) => ({ value, label }))
  return (
    <Confirm
      title={apiKey === null ? null : t.account.rotateTitle(apiKey.name)}
      text={t.account.rotateText}
      verb={t.account.rotate}
      isDangerous={false}
      isBusy={rotate.isPending}
      onConfirm={() => apiKey !== null && rotate.mutate(apiKey.id)}
      onClose={onClose}
    >
      <Select
        label={t.account.overlap}
        data={data}
        value={overlap}
        allowDeselect={false}
        onChange={(value) => value !== null && isOverlap(value) && setOverlap(value)}
      />
    </Confirm>
  )
}

const isOverlap = (text: string): text is Overlap => Object.hasOwn(OVERLAP_SECONDS, text)
