/** What is done with a key that is there: a new secret, which is shown once, or its end. */
import type { ApiKeyWithSecret } from '@countersign/client'
import type { ApiKeyShape } from '@countersign/protocol'
import type { QueryKey } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { Confirm } from '../ui/confirm.tsx'
import { KeySecret } from './key-secret.tsx'
import { RotateKey } from './rotate-key.tsx'

/** Which dialogue is open, and about what. */
export type KeyDialogue =
  | { readonly kind: 'rotate' | 'end'; readonly key: ApiKeyShape }
  | { readonly kind: 'secret'; readonly made: ApiKeyWithSecret }

export interface KeyDialoguesProps {
  readonly open: KeyDialogue | null
  readonly onOpen: (next: KeyDialogue | null) => void
  /** The lists that are different afterwards. */
  readonly changes: readonly QueryKey[]
}

export function KeyDialogues({ open, onOpen, changes }: KeyDialoguesProps): ReactNode {
  const t = useT()
  const close = (): void => onOpen(null)
  const end = useAction({
    run: (id: string) => client.apiKeys.end(id),
    changes,
    done: () => t.account.keyEnded,
    onDone: close,
  })
  return (
    <>
      <RotateKey
        apiKey={open?.kind === 'rotate' ? open.key : null}
        onClose={close}
        onMade={(made) => onOpen({ kind: 'secret', made })}
        changes={changes}
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
