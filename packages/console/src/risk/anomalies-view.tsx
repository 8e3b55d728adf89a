/** What was unusual, the newest first, found by rule, by what followed, and by whom it is about. */
import type { AnomalyShape } from '@countersign/protocol'
import { Button, Select, TextInput } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { PrincipalLink } from '../console/principal-link.tsx'
import { useTexts } from '../i18n/texts.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import rows from '../ui/list.module.css'
import { PagedList } from '../ui/pages.tsx'
import { Chip, Empty, Section, type Tone } from '../ui/parts.tsx'
import { useFilters } from '../ui/search-params.ts'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { anomaliesQuery } from './queries.ts'
import own from './risk.module.css'
import { riskTexts } from './texts.ts'

const FOLLOWED = ['notify', 'step_up', 'block', 'suspend'] as const

export function AnomaliesView(): ReactNode {
  const words = useTexts(riskTexts)
  const [filters] = useFilters()
  const filter = Object.fromEntries(
    ['rule', 'action', 'target'].flatMap((name) => {
      const value = filters.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
  const anomalies = useInfiniteQuery({ ...anomaliesQuery(filter), placeholderData: keepPreviousData })
  const isFiltered = Object.keys(filter).length > 0
  return (
    <>
      <Filters key={filters.get('target') ?? ''} />
      <Section isFlush>
        <PagedList
          query={anomalies}
          row={(one) => <AnomalyRow key={one.id} anomaly={one} />}
          empty={
            isFiltered ? (
              <Empty icon="search" title={words.notFound} text={words.notFoundText} />
            ) : (
              <Empty icon="shield" title={words.none} text={words.noneText} />
            )
          }
        />
      </Section>
    </>
  )
}

/** Choices count at once; an id when it is whole. */
function Filters(): ReactNode {
  const words = useTexts(riskTexts)
  const [filters, setFilter] = useFilters()
  const [target, setTarget] = useState(filters.get('target') ?? '')
  const all = { value: '', label: words.all }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setFilter('target', target.trim())
  }
  return (
    <form className={rows.filters} onSubmit={submit}>
      <Select
        label={words.rule}
        data={[all, ...Object.entries(words.names).map(([value, label]) => ({ value, label }))]}
        value={filters.get('rule') ?? ''}
        allowDeselect={false}
        onChange={(value) => setFilter('rule', value ?? '')}
      />
      <Select
        label={words.action}
        data={[all, ...FOLLOWED.map((value) => ({ value, label: words.actions[value] }))]}
        value={filters.get('action') ?? ''}
        allowDeselect={false}
        onChange={(value) => setFilter('action', value ?? '')}
      />
      <TextInput
        label={words.target}
        placeholder={words.targetHint}
        value={target}
        maxLength={64}
        onChange={(event) => setTarget(event.currentTarget.value)}
      />
      <Button type="submit" variant="default">
        {words.filter}
      </Button>
    </form>
  )
}

const TONES: Readonly<Record<string, Tone>> = {
  notify: 'warn',
  step_up: 'brand',
  block: 'danger',
  suspend: 'danger',
}
const ICONS: Readonly<Record<string, IconName>> = {
  account: 'account',
  api_key: 'key',
  service_account: 'bot',
}

function AnomalyRow({ anomaly }: { readonly anomaly: AnomalyShape }): ReactNode {
  const words = useTexts(riskTexts)
  const { action, findings, target, address, score } = anomaly
  const saw = findings.filter(({ points }) => points > 0)
  const followed = isKey(words.actions, action) ? words.actions[action] : action
  return (
    <li className={`${rows.row} ${own.anomaly}`}>
      <span className={rows.rowIcon}>
        <Icon name={ICONS[target?.kind ?? ''] ?? 'alert'} />
      </span>
      <div className={rows.rowBody}>
        <div className={rows.rowTitle}>
          {saw.map(({ rule }) => (isKey(words.names, rule) ? words.names[rule] : rule)).join(', ')}
          <Chip tone={TONES[action] ?? 'neutral'}>{followed}</Chip>
        </div>
        <ul className={own.findings} lang="en">
          {findings.map(({ rule, points, saw: sentence }) => (
            <li key={rule}>
              <span className={own.points} data-less={points < 0 ? '' : undefined}>
                {points > 0 ? `+${points}` : `−${-points}`}
              </span>
              {sentence}
            </li>
          ))}
        </ul>
        <div className={rows.rowText}>
          <Party anomaly={anomaly} />
          {address !== null && ` · ${words.from} ${address}`}
        </div>
      </div>
      <div className={own.end}>
        <strong>{words.points(score)}</strong>
        <span className={css.quiet}>
          <Time at={anomaly.at} />
        </span>
      </div>
    </li>
  )
}

/** Whom it is about, and for a key whose it is. */
function Party({ anomaly: { target, owner } }: { readonly anomaly: AnomalyShape }): ReactNode {
  const words = useTexts(riskTexts)
  if (target === null) return null
  const kind = isKey(words.kinds, target.kind) ? words.kinds[target.kind] : target.kind
  if (owner === null) return `${kind} ${target.id}`
  const link = <PrincipalLink id={owner.id} />
  return target.id === owner.id ? (
    <>
      {kind} {link}
    </>
  ) : (
    <>
      {`${kind} ${target.id} ${words.of} `}
      {link}
    </>
  )
}

function isKey<T extends object>(of: T, key: string): key is keyof T & string {
  return Object.hasOwn(of, key)
}
