/** The secret of a new or rotated key, shown this once. */
import type { ApiKeyWithSecret } from '@countersign/client'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import { SecretOnce } from '../ui/secret-once.tsx'

export interface KeySecretProps {
  readonly made: ApiKeyWithSecret | null
  readonly onKept: () => void
}

export function KeySecret({ made, onKept }: KeySecretProps): ReactNode {
  const t = useT()
  return <SecretOnce label={t.account.secret} secret={made?.secret ?? null} onKept={onKept} />
}
