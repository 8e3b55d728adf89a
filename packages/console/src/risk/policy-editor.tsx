/** The parts of a policy to change: what follows from which sum, and the weight of each rule. */
import type { RiskPolicyShape } from '@countersign/protocol'
import { Select } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { Section } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import { THRESHOLD_MAX, WEIGHT_MAX } from './draft.ts'
import own from './risk.module.css'
import { type RuleName, riskTexts } from './texts.ts'

export interface EditorProps {
  readonly draft: RiskPolicyShape
  readonly onChange: (part: Partial<RiskPolicyShape>) => void
}

/** Sums above it happen to nobody; the field beside the slider takes what is more. */
const SLIDER_THRESHOLD_MAX = 200

export function ThresholdsEditor({ draft, onChange }: EditorProps): ReactNode {
  const words = useTexts(riskTexts)
  return (
    <Section title={words.thresholds} lead={words.thresholdsLead}>
      <div className={css.stack}>
        <Threshold
          label={words.notifyAt}
          tone="notify"
          value={draft.notify_at}
          onChange={(notify_at) => onChange({ notify_at })}
        />
        <Threshold
          label={words.stepUpAt}
          tone="step_up"
          value={draft.step_up_at}
          onChange={(step_up_at) => onChange({ step_up_at })}
        />
        <Threshold
          label={words.blockAt}
          tone="block"
          value={draft.block_at}
          onChange={(block_at) => onChange({ block_at })}
        />
        <Select
          label={words.withoutFactor}
          data={(['notify', 'block'] as const).map((value) => ({
            value,
            label: words.withoutFactors[value],
          }))}
          value={draft.without_factor}
          allowDeselect={false}
          onChange={(value) => onChange({ without_factor: value === 'block' ? 'block' : 'notify' })}
        />
      </div>
    </Section>
  )
}

export function RulesEditor({ draft, onChange }: EditorProps): ReactNode {
  const words = useTexts(riskTexts)
  return (
    <Section title={words.rules} lead={words.rulesLead}>
      <Weights weights={draft.weights} onChange={(weights) => onChange({ weights })} />
    </Section>
  )
}

export function MachinesEditor({ draft, onChange }: EditorProps): ReactNode {
  const words = useTexts(riskTexts)
  const { machines } = draft
  const change = (part: Partial<RiskPolicyShape['machines']>): void =>
    onChange({ machines: { ...machines, ...part } })
  return (
    <Section title={words.machines} lead={words.machinesLead}>
      <div className={css.stack}>
        <Threshold
          label={words.notifyAt}
          tone="notify"
          value={machines.notify_at}
          onChange={(notify_at) => change({ notify_at })}
        />
        <Threshold
          label={words.suspendAt}
          hint={words.suspendNever}
          tone="block"
          value={machines.suspend_at ?? THRESHOLD_MAX}
          onChange={(suspend_at) => change({ suspend_at })}
        />
        <Weights weights={machines.weights} onChange={(weights) => change({ weights })} />
      </div>
    </Section>
  )
}

interface WeightsProps {
  readonly weights: Readonly<Record<string, number>>
  readonly onChange: (weights: Record<string, number>) => void
}

/** Known things take points away. */
const TAKES_AWAY: readonly string[] = [
  'known_network',
  'known_device',
  'little_history',
] satisfies readonly RuleName[]

function Weights({ weights, onChange }: WeightsProps): ReactNode {
  const words = useTexts(riskTexts)
  const texts: Readonly<Record<string, string>> = words.means
  const names: Readonly<Record<string, string>> = words.names
  return (
    <div className={own.weights}>
      {Object.entries(weights).map(([rule, weight]) => (
        <Points
          key={rule}
          label={names[rule] ?? rule}
          hint={`${texts[rule] ?? ''}${TAKES_AWAY.includes(rule) ? ` ${words.takesAway}` : ''}`}
          value={weight}
          min={0}
          max={WEIGHT_MAX}
          sliderMax={WEIGHT_MAX}
          onChange={(value) => onChange({ ...weights, [rule]: value })}
        />
      ))}
    </div>
  )
}

interface ThresholdProps {
  readonly label: string
  readonly hint?: string
  readonly tone: string
  readonly value: number
  readonly onChange: (value: number) => void
}

const Threshold = ({ hint = '', ...props }: ThresholdProps): ReactNode => (
  <Points {...props} hint={hint} min={1} max={THRESHOLD_MAX} sliderMax={SLIDER_THRESHOLD_MAX} />
)

interface PointsProps {
  readonly label: string
  readonly hint: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly sliderMax: number
  readonly tone?: string
  readonly onChange: (value: number) => void
}

/** A slider for the hand and a field for the exact number. */
function Points({ label, hint, value, min, max, sliderMax, tone, onChange }: PointsProps): ReactNode {
  const id = useId()
  const set = (text: string): void => {
    const number = Math.round(Number(text))
    if (text !== '' && Number.isFinite(number)) onChange(Math.min(max, Math.max(min, number)))
  }
  return (
    <div className={own.weight} data-off={value === 0 ? '' : undefined}>
      <div className={own.weightName}>
        <label htmlFor={id}>
          {tone !== undefined && <span className={own.dot} data-follows={tone} aria-hidden="true" />}
          {label}
        </label>
        {hint !== '' && <small>{hint}</small>}
      </div>
      <input
        type="range"
        className={own.slider}
        aria-hidden="true"
        tabIndex={-1}
        min={min}
        max={sliderMax}
        value={Math.min(value, sliderMax)}
        onChange={(event) => set(event.currentTarget.value)}
      />
      <input
        id={id}
        type="number"
        className={own.number}
        min={min}
        max={max}
        value={value}
        onChange={(event) => set(event.currentTarget.value)}
      />
    </div>
  )
}
