/** The signing keys: their time line, rotation and removal, each followed until every verifier has applied it. */
import { permissions as own, type SigningKeyShape } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { signingKeysQuery } from '../api/admin-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMay } from '../shell/me.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Icon } from '../ui/icon.tsx'
import rows from '../ui/list.module.css'
import { Chip, Failure, Section, type Tone } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { Applied } from './applied.tsx'
import { KeyTimeline } from './key-timeline.tsx'
import { secretsTexts } from './texts.ts'

const TONES: Readonly<Record<SigningKeyShape['state'], Tone>> = {
  next: 'brand',
  current: 'good',
  previous: 'neutral',
  retired: 'neutral',
  removed: 'danger',
}

export function SigningKeysSection(): ReactNode {
  const t = useT()
  const may = useMay()
  const words = useTexts(secretsTexts)
  const keys = useQuery(signingKeysQuery)
  const [position, setPosition] = useState<number | null>(null)
  // Whatever was written stands at or before the head that is read after it.
  const follow = async (): Promise<void> => {
    if (may(own.revocationsRead)) setPosition((await client.verifiers.list()).position)
  }
  const [asked, setAsked] = useState<'rotate' | SigningKeyShape | null>(null)
  const close = (): void => setAsked(null)
  const changes = [signingKeysQuery.queryKey]
  const rotate = useAction({
    run: () => client.signingKeys.rotate(),
    changes,
    done: () => t.console.rotated,
    onDone: () => {
      close()
      void follow()
    },
  })
  const remove = useAction({
    run: (id: string) => client.signingKeys.remove(id),
    changes,
    done: () => t.console.removed,
    onDone: () => {
      close()
      void follow()
    },
  })
  const toRemove = asked === null || asked === 'rotate' ? null : asked
  return (
    <>
      {position !== null && <Applied position={position} />}
      <Section
        title={words.signing}
        lead={t.console.signingKeysLead}
        actions={
          may(own.signingKeysWrite) && (
            <Button onClick={() => setAsked('rotate')}>{t.console.rotateKeys}</Button>
          )
        }
        isFlush
      >
        {keys.isPending && <RowsSkeleton rows={2} />}
        {keys.error !== null && <Failure error={keys.error} onRetry={() => void keys.refetch()} />}
        {keys.data !== undefined && <KeyTimeline keys={keys.data.items} />}
        <ul className={rows.list}>
          {keys.data?.items.map((key) => (
            <KeyLine key={key.id} signingKey={key} onRemove={() => setAsked(key)} />
          ))}
        </ul>
      </Section>
      <Confirm
        title={asked === 'rotate' ? t.console.rotateKeysTitle : null}
        text={t.console.rotateKeysText}
        verb={t.console.rotateKeys}
        isDangerous={false}
        isBusy={rotate.isPending}
        onConfirm={() => rotate.mutate()}
        onClose={close}
      />
      <Confirm
        title={toRemove === null ? null : t.console.removeKeyTitle(toRemove.id)}
        text={t.console.removeKeyText}
        verb={t.console.remove}
        isBusy={remove.isPending}
        onConfirm={() => toRemove !== null && remove.mutate(toRemove.id)}
        onClose={close}
      />
    </>
  )
}

interface KeyLineProps {
  readonly signingKey: SigningKeyShape
  readonly onRemove: () => void
}

function KeyLine({ signingKey: key, onRemove }: KeyLineProps): ReactNode {
  const t = useT()
  const may = useMay()
  const isOver = key.state === 'removed' || key.state === 'retired'
  return (
    <li className={rows.row}>
      <span className={rows.rowIcon}>
        <Icon name="key" />
      </span>
      <div className={rows.rowBody}>
        <div className={rows.rowTitle}>
          <code className={css.mono}>{key.id}</code>
          <Chip tone={TONES[key.state]}>{t.console.states[key.state]}</Chip>
          <Chip>{key.algorithm}</Chip>
          {key.purpose === 'id_token' && <Chip>{t.console.idTokensOnly}</Chip>}
        </div>
        <ol className={rows.line}>
          <Moment text={t.console.announced} later={t.console.announced} at={key.created_at} />
          <Moment text={t.console.promoted} later={t.console.promotedLater} at={key.promoted_at} />
          <Moment text={t.console.retiredAt} later={t.console.retiredLater} at={key.retired_at} />
        </ol>
      </div>
      {may(own.signingKeysWrite) && !isOver && (
        <div className={rows.rowEnd}>
          <Button
            variant="outline"
            color="danger"
            size="xs"
            aria-label={`${t.console.remove}: ${key.id}`}
            onClick={onRemove}
          >
            {t.console.remove}
          </Button>
        </div>
      )}
    </li>
  )
}

interface MomentProps {
  readonly text: string
  /** Of a time that is still to come. */
  readonly later: string
  readonly at: string | null
}

function Moment({ text, later, at }: MomentProps): ReactNode {
  if (at === null) return <li data-done={false}>{later}</li>
  return (
    <li data-done>
      {text} <Time at={at} />
    </li>
  )
}
