/** What a policy would have done to the sign-ins of the past: one sentence, one bar, and how the sums lie. */
import type { RiskPolicyShape, RiskReplayShape } from '@countersign/protocol'
import { Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { useSpeech } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { Empty, Failure, Section } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import css from '../ui/ui.module.css'
import { actionOf, type Follows, SCORE_STEP } from './draft.ts'
import own from './risk.module.css'
import { riskTexts } from './texts.ts'

const FOLLOWS: readonly Follows[] = ['allow', 'notify', 'step_up', 'block']

/** "would have challenged 14 of 9,200"; empty while it is not counted. */
export function useChallenged(replay: RiskReplayShape | undefined): string {
  const words = useTexts(riskTexts)
  const count = useCount()
  if (replay === undefined) return ''
  return words.would(count(challengedIn(replay)), count(replay.sign_ins))
}

const challengedIn = ({ would }: RiskReplayShape): number => would.step_up + would.block

function useCount(): (value: number) => string {
  const { language } = useSpeech()
  return (value) => value.toLocaleString(language)
}

export interface ReplayViewProps {
  readonly replay: RiskReplayShape | undefined
  readonly error: Error | null
  readonly isCounting: boolean
  /** The one that was counted. */
  readonly policy: RiskPolicyShape
  /** What the policy in force would have done, where it is another one. */
  readonly inForce: RiskReplayShape | undefined
  readonly days: number
  readonly daysOf: readonly number[]
  readonly onDays: (days: number) => void
}

export function ReplayView({
  replay,
  error,
  isCounting,
  policy,
  inForce,
  ...props
}: ReplayViewProps): ReactNode {
  const words = useTexts(riskTexts)
  const sentence = useChallenged(replay)
  const count = useCount()
  if (error !== null) return <Failure error={error} />
  if (replay === undefined) return <RowsSkeleton rows={3} />
  return (
    <Section>
      <div aria-live="polite" aria-busy={isCounting}>
        {replay.sign_ins === 0 ? (
          <Empty icon="clock" title={words.noSignIns} text={words.noSignInsText} />
        ) : (
          <>
            <h2 className={own.sentence}>{sentence}</h2>
            <p className={css.plain}>
              {inForce === undefined ? words.same : words.wouldNow(count(challengedIn(inForce)))}
              {replay.cut && ` ${words.cut}`}
            </p>
            <Counts replay={replay} inForce={inForce} />
            <Sums scores={replay.scores} policy={policy} />
          </>
        )}
      </div>
      <Select
        mt="md"
        label={words.days}
        data={props.daysOf.map((one) => ({ value: `${one}`, label: words.daysOf(one) }))}
        value={`${props.days}`}
        allowDeselect={false}
        onChange={(value) => props.onDays(Number(value))}
      />
    </Section>
  )
}

interface CountsProps {
  readonly replay: RiskReplayShape
  readonly inForce: RiskReplayShape | undefined
}

/** What would follow, and beside it by how much more or less than now. */
function Counts({ replay, inForce }: CountsProps): ReactNode {
  const words = useTexts(riskTexts)
  const count = useCount()
  return (
    <dl className={own.counts}>
      {FOLLOWS.map((one) => {
        const more = inForce === undefined ? 0 : replay.would[one] - inForce.would[one]
        return (
          <div key={one}>
            <dt>
              <span className={own.dot} data-follows={one} aria-hidden="true" />
              {words.actions[one]}
            </dt>
            <dd>
              {count(replay.would[one])}
              {more !== 0 && <small>{more > 0 ? ` +${count(more)}` : ` −${count(-more)}`}</small>}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

const BAR = 8
const GAP = 2
const HEIGHT = 96
const BAR_LEAST = 4

/** One bar for five points. Most sign-ins have no points at all, so heights are logarithms. */
function Sums({
  scores,
  policy,
}: {
  readonly scores: readonly number[]
  readonly policy: RiskPolicyShape
}): ReactNode {
  const words = useTexts(riskTexts)
  const count = useCount()
  const most = Math.log1p(Math.max(1, ...scores))
  const width = scores.length * (BAR + GAP) - GAP
  const told = FOLLOWS.map((one) => `${words.actions[one]}: ${count(sumOf(scores, policy, one))}`)
  return (
    <figure className={own.sums}>
      <figcaption>{words.sums}</figcaption>
      <svg
        viewBox={`0 0 ${width} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words.sumsLabel(told.join(', '))}
      >
        {scores.map((value, step) => {
          const height = value === 0 ? 1.5 : Math.max(BAR_LEAST, (Math.log1p(value) / most) * HEIGHT)
          const score = step * SCORE_STEP
          return (
            <rect
              key={score}
              x={step * (BAR + GAP)}
              y={HEIGHT - height}
              width={BAR}
              height={height}
              rx={1.5}
              data-follows={value === 0 ? 'nothing' : actionOf(policy, score)}
            >
              <title>{`${score}–${score + SCORE_STEP - 1}: ${count(value)}`}</title>
            </rect>
          )
        })}
      </svg>
      <div className={own.axis}>
        <span>0</span>
        <span>{words.points(((scores.length - 1) * SCORE_STEP) / 2)}</span>
        <span>{(scores.length - 1) * SCORE_STEP}+</span>
      </div>
      <p className={css.quiet}>{words.sumsScale}</p>
    </figure>
  )
}

const sumOf = (scores: readonly number[], policy: RiskPolicyShape, follows: Follows): number =>
  scores.reduce(
    (sum, value, step) => (actionOf(policy, step * SCORE_STEP) === follows ? sum + value : sum),
    0,
  )
