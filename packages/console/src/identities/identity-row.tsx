/** One account elsewhere in a list: with whom, what it is called there, since when and last used when. */
import type { IdentityShape } from '@countersign/protocol'
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { Icon } from '../ui/icon.tsx'
import rows from '../ui/list.module.css'
import { Time } from '../ui/time.tsx'
import { identityTexts } from './texts.ts'

export interface IdentityRowProps {
  readonly identity: IdentityShape
  /** Not for whoever may only look. */
  readonly onDisconnect?: (() => void) | undefined
}

export function IdentityRow({ identity, onDisconnect }: IdentityRowProps): ReactNode {
  const t = useT()
  const words = useTexts(identityTexts)
  const nameOf = useIdentityName()
  const { provider, label, created_at, last_used_at } = identity
  return (
    <li className={rows.row}>
      <span className={rows.rowIcon}>
        <Icon name="globe" />
      </span>
      <div className={rows.rowBody}>
        <div className={rows.rowTitle}>{provider.name}</div>
        {label !== null && <div className={rows.rowText}>{label}</div>}
        <div className={rows.rowText}>
          {words.since} <Time at={created_at} /> · {t.common.lastUsed}{' '}
          {last_used_at === null ? t.common.never : <Time at={last_used_at} />}
        </div>
      </div>
      {onDisconnect !== undefined && (
        <div className={rows.rowEnd}>
          <Button
            variant="default"
            size="xs"
            onClick={onDisconnect}
            aria-label={`${words.disconnect}: ${nameOf(identity)}`}
          >
            {words.disconnect}
          </Button>
        </div>
      )}
    </li>
  )
}

/** Somebody may have two accounts with one service, which its name alone does not tell apart. */
export function useIdentityName(): (identity: IdentityShape) => string {
  const { called } = useTexts(identityTexts)
  return ({ provider, label }) => (label === null ? provider.name : called(provider.name, label))
}
