/** What happened, part by part of a time: one small picture for each kind of event, and all of it as numbers. */
import type { OverviewPeriodShape, OverviewResponse } from '@countersign/protocol'
import { Box, SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'
import { type Language, useSpeech } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import rows from '../ui/list.module.css'
import { Section } from '../ui/parts.tsx'
import { localeOf } from '../ui/time.tsx'
import css from './overview.module.css'
import { overviewTexts } from './texts.ts'

export const periods = ['day', 'week', 'month'] as const satisfies readonly OverviewPeriodShape[]

export interface ActivityProps {
  readonly overview: OverviewResponse
  readonly period: OverviewPeriodShape
  readonly onPeriod: (period: OverviewPeriodShape) => void
}

export function Activity({ overview, period, onPeriod }: ActivityProps): ReactNode {
  const words = useTexts(overviewTexts)
  return (
    <Section
      title={words.activity}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={words.period}
          data={periods.map((value) => ({ value, label: words.periods[value] }))}
          value={period}
          onChange={(value) => {
            const chosen = periods.find((one) => one === value)
            if (chosen !== undefined) onPeriod(chosen)
          }}
        />
      }
    >
      <div className={css.lines}>
        {overview.lines.map((line) => (
          <Line key={line.name} line={line} overview={overview} period={period} />
        ))}
      </div>
      <Numbers overview={overview} />
    </Section>
  )
}

/** Where a part begins, as short as it can be told. */
function tellPart(overview: OverviewResponse, index: number, language: Language): string {
  const { from, part_seconds: seconds } = overview
  const moment = new Date(Date.parse(from) + index * seconds * 1000)
  return seconds >= 86_400
    ? moment.toLocaleDateString(localeOf(language), { day: 'numeric', month: 'short' })
    : moment.toLocaleString(localeOf(language), { weekday: 'short', hour: '2-digit', minute: '2-digit' })
}

interface LineProps {
  readonly line: OverviewResponse['lines'][number]
  readonly overview: OverviewResponse
  readonly period: OverviewPeriodShape
}

const WIDTH = 10
const HEIGHT = 44

function Line({ line: { name, counts, cut }, overview, period }: LineProps): ReactNode {
  const { language } = useSpeech()
  const words = useTexts(overviewTexts)
  const total = counts.reduce((sum, one) => sum + one, 0)
  const most = Math.max(1, ...counts)
  const when = total === 0 ? '' : words.most(most, tellPart(overview, counts.indexOf(most), language))
  const label = words.label(words.lines[name], total, words.periods[period], when)
  return (
    <article className={css.line} data-line={name}>
      <h3>{words.lines[name]}</h3>
      <b>{total.toLocaleString(language)}</b>
      <small>{cut ? words.cut : words.means[name]}</small>
      <svg
        viewBox={`0 0 ${counts.length * WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {counts.map((count, index) => {
          const height = count === 0 ? 1.5 : Math.max(4, (count / most) * HEIGHT)
          const place = tellPart(overview, index, language)
          return (
            <rect
              key={place}
              x={index * WIDTH + 1}
              y={HEIGHT - height}
              width={WIDTH - 2}
              height={height}
              data-empty={count === 0 ? '' : undefined}
            >
              <title>{`${place}: ${count.toLocaleString(language)}`}</title>
            </rect>
          )
        })}
      </svg>
      <div className={rows.axis}>
        <span>{tellPart(overview, 0, language)}</span>
        <span>{tellPart(overview, counts.length - 1, language)}</span>
      </div>
    </article>
  )
}

function Numbers({ overview }: { readonly overview: OverviewResponse }): ReactNode {
  const { language } = useSpeech()
  const words = useTexts(overviewTexts)
  const [first] = overview.lines
  const parts = (first?.counts ?? []).map((_, index) => index).toReversed()
  return (
    <details className={css.numbers}>
      <summary>{words.numbers}</summary>
      {/* On a phone it is wider than the window: whoever has no pointer moves it by the arrow keys. */}
      <Box component="section" className={rows.scroll ?? ''} aria-label={words.numbers} tabIndex={0}>
        <table className={rows.table}>
          <thead>
            <tr>
              <th scope="col">{words.when}</th>
              {overview.lines.map(({ name }) => (
                <th key={name} scope="col">
                  {words.lines[name]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {parts.map((index) => (
              <tr key={index}>
                <th scope="row">{tellPart(overview, index, language)}</th>
                {overview.lines.map(({ name, counts }) => (
                  <td key={name}>{(counts[index] ?? 0).toLocaleString(language)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Box>
    </details>
  )
}
