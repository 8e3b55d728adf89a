/** What is done to a client as a whole: a new secret, a pause, its end. Before its end a dry run says what goes with it. */
import type { ClientWithSecret } from '@countersign/client'
import { type ClientShape, permissions as own } from '@countersign/protocol'
import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useLocation } from 'wouter'
import { client as api } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMay } from '../shell/me.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Fact, Facts, Failure } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import css from '../ui/ui.module.css'
import { clientQuery } from './queries.ts'
import { clientTexts } from './texts.ts'

export interface ClientActionsProps {
  readonly client: ClientShape
  readonly onEdit: () => void
  readonly onMade: (made: ClientWithSecret) => void
}

type Asked = 'rotate' | 'disable' | 'end'

export function ClientActions({ client, onEdit, onMade }: ClientActionsProps): ReactNode {
  const t = useT()
  const words = useTexts(clientTexts)
  const [asked, setAsked] = useState<Asked | null>(null)
  const close = (): void => setAsked(null)
  const switchOver = useAction({
    run: (disabled: boolean) => api.clients.change(client.id, { disabled }),
    changes: [clientQuery(client.id).queryKey, ['clients']],
    done: () => t.console.saved,
    onDone: close,
  })
  const hasSecret = client.token_endpoint_auth_method.startsWith('client_secret')
  return (
    <>
      {client.registration !== 'document' && (
        <Button variant="default" onClick={onEdit}>
          {words.edit}
        </Button>
      )}
      {hasSecret && (
        <Button variant="default" onClick={() => setAsked('rotate')}>
          {words.rotate}
        </Button>
      )}
      {client.disabled_at === null ? (
        <Button variant="default" onClick={() => setAsked('disable')}>
          {t.console.disable}
        </Button>
      ) : (
        <Button variant="default" loading={switchOver.isPending} onClick={() => switchOver.mutate(false)}>
          {t.console.enable}
        </Button>
      )}
      <Button variant="outline" color="danger" onClick={() => setAsked('end')}>
        {t.console.end}
      </Button>
      <Confirm
        title={asked === 'disable' ? t.console.disableTitle(client.name) : null}
        text={words.disableText}
        verb={t.console.disable}
        isBusy={switchOver.isPending}
        onConfirm={() => switchOver.mutate(true)}
        onClose={close}
      />
      <RotateSecret client={client} isOpen={asked === 'rotate'} onMade={onMade} onClose={close} />
      <EndClient client={client} isOpen={asked === 'end'} onClose={close} />
    </>
  )
}

interface DialogueProps {
  readonly client: ClientShape
  readonly isOpen: boolean
  readonly onClose: () => void
}

const OVERLAP_SECONDS = { now: 0, hour: 3_600, day: 86_400, week: 604_800 } as const
type Overlap = keyof typeof OVERLAP_SECONDS

function RotateSecret({
  client,
  isOpen,
  onMade,
  onClose,
}: DialogueProps & { readonly onMade: (made: ClientWithSecret) => void }): ReactNode {
  const t = useT()
  const words = useTexts(clientTexts)
  const [overlap, setOverlap] = useState<Overlap>('day')
  const rotate = useAction({
    run: () => api.clients.rotateSecret(client.id, OVERLAP_SECONDS[overlap]),
    onDone: (made) => {
      onClose()
      onMade(made)
    },
  })
  return (
    <Confirm
      title={isOpen ? words.rotateTitle(client.name) : null}
      text={words.rotateText}
      verb={words.rotate}
      isDangerous={false}
      isBusy={rotate.isPending}
      onConfirm={() => rotate.mutate()}
      onClose={onClose}
    >
      <Select
        label={t.account.overlap}
        data={Object.entries(t.account.overlaps).map(([value, label]) => ({ value, label }))}
        value={overlap}
        allowDeselect={false}
        onChange={(value) => value !== null && isOverlap(value) && setOverlap(value)}
      />
    </Confirm>
  )
}

const isOverlap = (text: string): text is Overlap => Object.hasOwn(OVERLAP_SECONDS, text)

function EndClient({ client, isOpen, onClose }: DialogueProps): ReactNode {
  const t = useT()
  const words = useTexts(clientTexts)
  const may = useMay()
  const [, go] = useLocation()
  const end = useAction({
    run: () => api.clients.end(client.id),
    changes: [['clients'], ['alive']],
    done: () => words.ended,
    onDone: () => go('/console/clients'),
  })
  return (
    <Confirm
      title={isOpen ? words.endTitle(client.name) : null}
      text={words.endText}
      verb={t.console.end}
      isBusy={end.isPending}
      onConfirm={() => end.mutate()}
      onClose={onClose}
    >
      {isOpen && may(own.revocationsWrite) && <EndPreview id={client.id} />}
    </Confirm>
  )
}

/** A dry run, asked anew each time: what hangs under a client moves with every sign-in. */
function EndPreview({ id }: { readonly id: string }): ReactNode {
  const t = useT()
  const words = useTexts(clientTexts)
  const preview = useQuery({
    queryKey: ['preview', 'client', id],
    queryFn: () => api.previewRevocation({ kind: 'client', id }),
    staleTime: 0,
  })
  if (preview.error !== null) return <Failure error={preview.error} />
  if (preview.data === undefined) return <RowsSkeleton rows={1} />
  const { ended, used_last_hour: used } = preview.data
  return (
    <>
      <Facts>
        <Fact label={words.endNow}>
          {t.console.wouldEndCounts(ended.sessions, ended.grants, ended.api_keys)}
        </Fact>
        <Fact label={words.endUsed}>
          {t.console.wouldEndCounts(used.sessions, used.grants, used.api_keys)}
        </Fact>
      </Facts>
      <p className={css.plain}>{words.endTokens}</p>
    </>
  )
}
