/** One initial access token in the list: who made it, what is left of it, and until when. */
import { type InitialAccessTokenShape, permissions as own } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { personQuery, programQuery } from '../api/admin-queries.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMay } from '../shell/me.ts'
import rows from '../ui/list.module.css'
import { Chip } from '../ui/parts.tsx'
import { Time, useNow } from '../ui/time.tsx'
import { registrationTexts } from './texts.ts'

export interface TokenRowProps {
  readonly token: InitialAccessTokenShape
  readonly onRevoke: () => void
}

export function TokenRow({ token, onRevoke }: TokenRowProps): ReactNode {
  const words = useTexts(registrationTexts)
  const may = useMay()
  const nowMs = useNow()
  const isOver = Date.parse(token.expires_at) <= nowMs
  const left = token.uses_max - token.uses
  return (
    <li className={rows.row}>
      <div className={rows.rowBody}>
        <div className={rows.rowTitle}>
          {token.name}
          {isOver && <Chip>{words.over}</Chip>}
          {!isOver && left === 0 && <Chip>{words.usedUp}</Chip>}
          {!isOver && left > 0 && <Chip tone="good">{words.left(left, token.uses_max)}</Chip>}
        </div>
        <div className={rows.rowText}>
          {words.createdBy} <Creator id={token.created_by} /> · {isOver ? words.endedAt : words.endsAt}{' '}
          <Time at={token.expires_at} /> ·{' '}
          {token.last_used_at === null ? (
            words.neverUsed
          ) : (
            <>
              {words.lastUsed} <Time at={token.last_used_at} />
            </>
          )}
        </div>
      </div>
      {may(own.clientsWrite) && (
        <div className={rows.rowEnd}>
          <Button
            variant="default"
            size="xs"
            aria-label={words.labelled(words.revoke, token.name)}
            onClick={onRevoke}
          >
            {words.revoke}
          </Button>
        </div>
      )}
    </li>
  )
}

/** By name where the person may read it. Whoever made it may be gone, and then the id is all that is left. */
function Creator({ id }: { readonly id: string }): ReactNode {
  const may = useMay()
  const isPerson = id.startsWith('acc_')
  const mayRead = may(isPerson ? own.accountsRead : own.serviceAccountsRead)
  const person = useQuery({ ...personQuery(id), enabled: mayRead && isPerson })
  const program = useQuery({ ...programQuery(id), enabled: mayRead && !isPerson })
  const name = person.data?.name ?? person.data?.email ?? program.data?.name ?? id
  if (!mayRead) return name
  return <Link href={`/console/${isPerson ? 'people' : 'programs'}/${id}`}>{name}</Link>
}
