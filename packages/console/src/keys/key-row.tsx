/** One API key in a list: what it is called, what it may do, how it is used, and what can be done about it. */
import type { ApiKeyShape } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { apiKeyUsageQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { Icon } from '../ui/icon.tsx'
import rows from '../ui/list.module.css'
import { Chip } from '../ui/parts.tsx'
import { Sparkline } from '../ui/sparkline.tsx'
import { Time, useNow } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { usesByDay } from './usage.ts'

export interface KeyRowProps {
  readonly apiKey: ApiKeyShape
  /** Where the list is not one owner's. */
  readonly owner?: ReactNode
  /** Where several can be chosen. */
  readonly box?: ReactNode
  readonly onRotate: () => void
  readonly onEnd: () => void
}

export function KeyRow({ apiKey, owner, box, onRotate, onEnd }: KeyRowProps): ReactNode {
  const t = useT()
  return (
    <li className={rows.row}>
      {box}
      <span className={rows.rowIcon}>
        <Icon name="key" />
      </span>
      <div className={rows.rowBody}>
        <div className={rows.rowTitle}>
          {apiKey.name}
          <KeyState apiKey={apiKey} />
        </div>
        <div className={rows.rowText}>
          <code className={css.mono}>{apiKey.prefix}…</code>
          {' · '}
          {apiKey.last_used_at === null ? (
            t.account.unused
          ) : (
            <>
              {t.common.lastUsed} <Time at={apiKey.last_used_at} />
            </>
          )}
          {owner}
        </div>
        <Permissions permissions={apiKey.permissions} />
      </div>
      <div className={rows.rowEnd}>
        <Usage apiKey={apiKey} />
        {apiKey.suspended_at !== null && <Resume apiKey={apiKey} />}
        <Button
          variant="default"
          size="xs"
          onClick={onRotate}
          aria-label={`${t.account.rotate}: ${apiKey.name}`}
        >
          {t.account.rotate}
        </Button>
        <Button
          variant="default"
          size="xs"
          onClick={onEnd}
          aria-label={`${t.account.endKey}: ${apiKey.name}`}
        >
          {t.account.endKey}
        </Button>
      </div>
    </li>
  )
}

/** It was stopped for what it did; whoever knows why it did that lets it go on. */
function Resume({ apiKey }: { readonly apiKey: ApiKeyShape }): ReactNode {
  const t = useT()
  const resume = useAction({
    run: () => client.apiKeys.change(apiKey.id, { suspended: false }),
    changes: [['api-keys']],
    done: () => t.account.resumed,
  })
  return (
    <Button
      variant="default"
      size="xs"
      loading={resume.isPending}
      onClick={() => resume.mutate()}
      aria-label={`${t.account.resume}: ${apiKey.name}`}
    >
      {t.account.resume}
    </Button>
  )
}

export function KeyState({ apiKey }: { readonly apiKey: ApiKeyShape }): ReactNode {
  const t = useT()
  const nowMs = useNow()
  if (apiKey.expires_at !== null && Date.parse(apiKey.expires_at) <= nowMs) {
    return <Chip tone="danger">{t.account.expired}</Chip>
  }
  return (
    <>
      {apiKey.suspended_at !== null && (
        <Chip tone="danger">
          {t.account.suspended} <Time at={apiKey.suspended_at} />
        </Chip>
      )}
      <Chip>
        {apiKey.expires_at === null ? (
          t.account.noEnd
        ) : (
          <>
            {t.account.expires} <Time at={apiKey.expires_at} />
          </>
        )}
      </Chip>
      {apiKey.overlap_ends_at !== null && Date.parse(apiKey.overlap_ends_at) > nowMs && (
        <Chip tone="warn">
          {t.account.overlapUntil} <Time at={apiKey.overlap_ends_at} />
        </Chip>
      )}
    </>
  )
}

const SHOWN_MAX = 6

export function Permissions({ permissions }: { readonly permissions: readonly string[] }): ReactNode {
  const t = useT()
  const shown = permissions.slice(0, SHOWN_MAX)
  return (
    <div className={rows.permissions}>
      {shown.map((permission) => (
        <Chip key={permission} tone={permission === '*' ? 'warn' : 'neutral'}>
          {permission === '*' ? t.account.allPermissions : <code>{permission}</code>}
        </Chip>
      ))}
      {permissions.length > SHOWN_MAX && (
        <span title={permissions.slice(SHOWN_MAX).join(', ')}>
          <Chip>+{permissions.length - SHOWN_MAX}</Chip>
        </span>
      )}
    </div>
  )
}

function Usage({ apiKey }: { readonly apiKey: ApiKeyShape }): ReactNode {
  const t = useT()
  const nowMs = useNow()
  const { data } = useQuery({ ...apiKeyUsageQuery(apiKey.id), enabled: apiKey.last_used_at !== null })
  const days = usesByDay(data?.items ?? [], nowMs)
  const total = days.reduce((sum, day) => sum + day, 0)
  return <Sparkline values={days} label={total === 0 ? t.account.usageNone : t.account.usageOf(total)} />
}
