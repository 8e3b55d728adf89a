/** What a person has allowed applications, and the browsers that know them: seen, and taken back. */
import type { ConsentShape } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Icon } from '../ui/icon.tsx'
import rows from '../ui/list.module.css'
import { Chip, Empty, Failure, PageHeader, Section } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { applicationTexts } from './texts.ts'

const consentsQuery = queryOptions({ queryKey: ['my-consents'], queryFn: () => client.consents.list() })
const devicesQuery = queryOptions({ queryKey: ['my-devices'], queryFn: () => client.devices.list() })

export function ApplicationsPage(): ReactNode {
  const words = useTexts(applicationTexts)
  const consents = useQuery(consentsQuery)
  // Asked for with the other, and shown below it.
  useQuery(devicesQuery)
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} />
      <Consents />
      {!consents.isLoading && <Devices />}
    </>
  )
}

function Consents(): ReactNode {
  const words = useTexts(applicationTexts)
  const consents = useQuery(consentsQuery)
  const [asked, setAsked] = useState<ConsentShape | null>(null)
  const close = (): void => setAsked(null)
  const end = useAction({
    run: (id: string) => client.consents.end(id),
    changes: [consentsQuery.queryKey],
    done: () => words.ended,
    onDone: close,
  })
  return (
    <Section title={words.allowed} isFlush>
      {consents.isPending && <RowsSkeleton rows={2} />}
      {consents.error !== null && <Failure error={consents.error} onRetry={() => void consents.refetch()} />}
      {consents.data?.items.length === 0 && <Empty icon="grant" title={words.none} text={words.noneText} />}
      <ul className={rows.list}>
        {consents.data?.items.map((consent) => (
          <ConsentRow key={consent.client.id} consent={consent} onEnd={() => setAsked(consent)} />
        ))}
      </ul>
      <Confirm
        title={asked === null ? null : words.endTitle(asked.client.name)}
        text={words.endText}
        verb={words.end}
        isBusy={end.isPending}
        onConfirm={() => asked !== null && end.mutate(asked.client.id)}
        onClose={close}
      />
    </Section>
  )
}

interface ConsentRowProps {
  readonly consent: ConsentShape
  readonly onEnd: () => void
}

function ConsentRow({ consent, onEnd }: ConsentRowProps): ReactNode {
  const words = useTexts(applicationTexts)
  const known: Readonly<Record<string, string>> = words.scopes
  return (
    <li className={rows.row}>
      <span className={rows.rowIcon}>
        <Icon name="grant" />
      </span>
      <div className={rows.rowBody}>
        <div className={rows.rowTitle}>{consent.client.name}</div>
        <div className={rows.rowText}>
          <code className={css.mono}>{consent.client.id}</code> · {words.since}{' '}
          <Time at={consent.updated_at} />
        </div>
        <div className={rows.permissions}>
          {consent.scopes.map((scope) => (
            <Chip key={scope}>{known[scope] ?? <code>{scope}</code>}</Chip>
          ))}
        </div>
      </div>
      <div className={rows.rowEnd}>
        <Button
          variant="default"
          size="xs"
          aria-label={`${words.end}: ${consent.client.name}`}
          onClick={onEnd}
        >
          {words.end}
        </Button>
      </div>
    </li>
  )
}

function Devices(): ReactNode {
  const words = useTexts(applicationTexts)
  const devices = useQuery(devicesQuery)
  const forget = useAction({
    run: (id: string) => client.devices.forget(id),
    changes: [devicesQuery.queryKey],
    done: () => words.forgotten,
  })
  return (
    <Section title={words.devices} lead={words.devicesLead} isFlush>
      {devices.isPending && <RowsSkeleton rows={2} />}
      {devices.error !== null && <Failure error={devices.error} onRetry={() => void devices.refetch()} />}
      {devices.data?.items.length === 0 && (
        <div className={css.padded}>
          <p className={css.plain}>{words.devicesNone}</p>
        </div>
      )}
      <ul className={rows.list}>
        {devices.data?.items.map((device) => {
          const name = device.name ?? words.unknown
          return (
            <li key={device.id} className={rows.row}>
              <span className={rows.rowIcon}>
                <Icon name="desktop" />
              </span>
              <div className={rows.rowBody}>
                <div className={rows.rowTitle}>
                  {name}
                  {device.current && <Chip tone="good">{words.here}</Chip>}
                </div>
                <div className={rows.rowText}>
                  {words.seen} <Time at={device.last_seen_at} />
                  {device.trusted_until !== null && (
                    <>
                      {' '}
                      · {words.trusted} <Time at={device.trusted_until} />
                    </>
                  )}
                </div>
              </div>
              <div className={rows.rowEnd}>
                <Button
                  variant="default"
                  size="xs"
                  aria-label={`${words.forget}: ${name}`}
                  loading={forget.isPending && forget.variables === device.id}
                  onClick={() => forget.mutate(device.id)}
                >
                  {words.forget}
                </Button>
              </div>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
