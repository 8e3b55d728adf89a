/** Invitations that nobody has accepted, with what can be done about each; nothing where there are none. */
import { type InvitationShape, permissions as own } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMay } from '../shell/me.ts'
import { Confirm } from '../ui/confirm.tsx'
import rows from '../ui/list.module.css'
import { PagedList } from '../ui/pages.tsx'
import { Chip, Section } from '../ui/parts.tsx'
import { Time, useNow } from '../ui/time.tsx'
import { INVITATIONS, invitationsQuery } from './queries.ts'
import { invitationTexts } from './texts.ts'

export function Invitations(): ReactNode {
  const texts = useTexts(invitationTexts)
  const invitations = useInfiniteQuery(invitationsQuery)
  const [asked, setAsked] = useState<InvitationShape | null>(null)
  const close = (): void => setAsked(null)
  const revoke = useAction({
    run: (id: string) => client.invitations.revoke(id),
    changes: [INVITATIONS],
    done: () => texts.revoked,
    onDone: close,
  })
  const isEmpty = invitations.data?.pages.every(({ items }) => items.length === 0) === true
  if (isEmpty || invitations.isPending) return null
  return (
    <>
      <Section title={texts.title} lead={texts.lead} isFlush>
        <PagedList
          query={invitations}
          row={(one) => <InvitationRow key={one.id} invitation={one} onRevoke={() => setAsked(one)} />}
          empty={null}
        />
      </Section>
      <Confirm
        title={asked === null ? null : texts.revokeTitle(asked.email)}
        text={texts.revokeText}
        verb={texts.revoke}
        isBusy={revoke.isPending}
        onConfirm={() => asked !== null && revoke.mutate(asked.id)}
        onClose={close}
      />
    </>
  )
}

interface InvitationRowProps {
  readonly invitation: InvitationShape
  readonly onRevoke: () => void
}

function InvitationRow({ invitation, onRevoke }: InvitationRowProps): ReactNode {
  const { id, email, roles, expires_at } = invitation
  const texts = useTexts(invitationTexts)
  const may = useMay()
  const nowMs = useNow()
  const resend = useAction({
    run: () => client.invitations.resend(id),
    changes: [INVITATIONS],
    done: () => texts.resent,
  })
  const isOver = Date.parse(expires_at) <= nowMs
  return (
    <li className={rows.row}>
      <span className={rows.rowBody}>
        <span className={rows.rowTitle}>
          {email}
          {roles.map((role) => (
            <Chip key={role}>{role}</Chip>
          ))}
        </span>
        <span className={rows.rowText}>
          {isOver ? texts.over : texts.until} <Time at={expires_at} />
        </span>
      </span>
      {may(own.accountsWrite) && (
        <span className={rows.rowEnd}>
          <Button
            variant="default"
            size="xs"
            loading={resend.isPending}
            aria-label={texts.labelled(texts.resend, email)}
            onClick={() => resend.mutate()}
          >
            {texts.resend}
          </Button>
          <Button
            variant="default"
            size="xs"
            aria-label={texts.labelled(texts.revoke, email)}
            onClick={onRevoke}
          >
            {texts.revoke}
          </Button>
        </span>
      )}
    </li>
  )
}
