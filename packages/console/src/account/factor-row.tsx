/** One second factor in a list: its name, since when and last used when, and the button that removes it. */
import type { FactorShape } from '@countersign/protocol'
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import rows from '../ui/list.module.css'
import { Time } from '../ui/time.tsx'

export interface FactorRowProps {
  readonly factor: FactorShape
  readonly icon: IconName
  /** What it is called while it has no name. */
  readonly unnamed: string
  readonly onRemove: () => void
}

export function FactorRow({ factor, icon, unnamed, onRemove }: FactorRowProps): ReactNode {
  const t = useT()
  const name = factor.name ?? unnamed
  return (
    <li className={rows.row}>
      <span className={rows.rowIcon}>
        <Icon name={icon} />
      </span>
      <div className={rows.rowBody}>
        <div className={rows.rowTitle}>{name}</div>
        <div className={rows.rowText}>
          {t.common.created} <Time at={factor.created_at} /> · {t.common.lastUsed}{' '}
          {factor.last_used_at === null ? t.common.never : <Time at={factor.last_used_at} />}
        </div>
      </div>
      <div className={rows.rowEnd}>
        <Button variant="default" size="xs" onClick={onRemove} aria-label={`${t.account.removeApp}: ${name}`}>
          {t.account.removeApp}
        </Button>
      </div>
    </li>
  )
}
