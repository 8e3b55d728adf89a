/** Where the person is signed in: each session with its device and place, and how to end it. */
import type { SessionDetailShape } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { mySessionsQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { NotMe } from '../mine/not-me.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Icon, type IconName } from '../ui/icon.tsx'
import rows from '../ui/list.module.css'
import { Chip, Failure, PageHeader, Section } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'

type Asked = { readonly kind: 'one'; readonly session: SessionDetailShape } | { readonly kind: 'others' }

export function SessionsPage(): ReactNode {
  const t = useT()
  const sessions = useQuery(mySessionsQuery)
  const [asked, setAsked] = useState<Asked | null>(null)
  const close = (): void => setAsked(null)
  const end = useAction({
    run: (id: string) => client.sessions.end(id),
    changes: [mySessionsQuery.queryKey],
    done: () => t.account.sessionEnded,
    onDone: close,
  })
  const endOthers = useAction({
    run: () => client.sessions.endOthers(),
    changes: [mySessionsQuery.queryKey],
    done: ({ ended }) => t.account.othersEnded(ended),
    onDone: close,
  })
  const others = sessions.data?.items.filter(({ current }) => !current) ?? []
  return (
    <>
      <PageHeader
        title={t.account.sessions}
        lead={t.account.sessionsLead}
        actions={
          others.length > 0 && (
            <Button variant="default" onClick={() => setAsked({ kind: 'others' })}>
              {t.account.endOthers}
            </Button>
          )
        }
      />
      <Section isFlush>
        {sessions.isPending && <RowsSkeleton rows={3} />}
        {sessions.error !== null && (
          <Failure error={sessions.error} onRetry={() => void sessions.refetch()} />
        )}
        <ul className={rows.list}>
          {sessions.data?.items.map((session) => (
            <SessionRow key={session.id} session={session} onEnd={() => setAsked({ kind: 'one', session })} />
          ))}
        </ul>
      </Section>
      {sessions.data !== undefined && others.length === 0 && (
        <p className={css.plain}>{t.account.onlyThis}</p>
      )}
      <Confirm
        title={
          asked?.kind === 'one'
            ? t.account.endSessionTitle(asked.session.device ?? t.account.unknownDevice)
            : null
        }
        text={t.account.endSessionText}
        verb={t.account.endSession}
        isBusy={end.isPending}
        onConfirm={() => asked?.kind === 'one' && end.mutate(asked.session.id)}
        onClose={close}
      />
      <Confirm
        title={asked?.kind === 'others' ? t.account.endOthersTitle : null}
        text={t.account.endOthersText}
        verb={t.account.endOthers}
        isBusy={endOthers.isPending}
        onConfirm={() => endOthers.mutate()}
        onClose={close}
      />
    </>
  )
}

function SessionRow({
  session,
  onEnd,
}: {
  readonly session: SessionDetailShape
  readonly onEnd: () => void
}): ReactNode {
  const t = useT()
  const words: Readonly<Record<string, string>> = t.account.by
  const device = session.device ?? t.account.unknownDevice
  const where = [session.place, session.last_address ?? session.address].filter((part) => part !== null)
  return (
    <li className={rows.row}>
      <span className={rows.rowIcon}>
        <Icon name={iconOf(session)} />
      </span>
      <div className={rows.rowBody}>
        <div className={rows.rowTitle}>
          <span title={session.user_agent ?? undefined}>{device}</span>
          {session.current && <Chip tone="good">{t.account.thisDevice}</Chip>}
        </div>
        <div className={rows.rowText}>
          {where.length > 0 && `${where.join(' · ')} · `}
          {t.account.seen} <Time at={session.last_seen_at} /> · {t.account.signedIn}{' '}
          <Time at={session.created_at} />
          {session.signed_in_by.length > 0 &&
            ` (${session.signed_in_by.map((word) => words[word] ?? word).join(', ')})`}
        </div>
      </div>
      {!session.current && (
        <div className={rows.rowEnd}>
          <NotMe session={session.id} device={device} />
          <Button
            variant="default"
            size="xs"
            onClick={onEnd}
            aria-label={`${t.account.endSession}: ${device}`}
          >
            {t.account.endSession}
          </Button>
        </div>
      )}
    </li>
  )
}

/** A guess for the eye; what counts stands beside it. */
function iconOf({ user_agent: agent }: SessionDetailShape): IconName {
  if (agent === null) return 'program'
  if (/Mobile|Android|iPhone|iPad/.test(agent)) return 'phone'
  return agent.startsWith('Mozilla/') ? 'desktop' : 'program'
}
