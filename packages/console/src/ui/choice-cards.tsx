/** Cards to pick one or several of: radios or checkboxes underneath, so that keyboards and screen readers know them. */
import type { ReactNode } from 'react'
import css from './choice-cards.module.css'

export interface ChoiceCard<Id extends string> {
  readonly id: Id
  readonly label: string
  readonly means: string
}

export interface ChoiceCardsProps<Id extends string> {
  readonly legend: string
  readonly hint?: string
  /** Radios of one name belong together. */
  readonly name: string
  readonly choices: readonly ChoiceCard<Id>[]
  readonly value: readonly Id[]
  readonly many?: boolean
  readonly onChange: (value: readonly Id[]) => void
}

export function ChoiceCards<Id extends string>(props: ChoiceCardsProps<Id>): ReactNode {
  const { legend, hint, name, choices, value, many = false, onChange } = props
  const pick = (id: Id): void => {
    const others = value.filter((one) => one !== id)
    const next = !many || !value.includes(id) ? [...(many ? others : []), id] : others
    onChange(choices.map((one) => one.id).filter((one) => next.includes(one)))
  }
  return (
    <fieldset className={css.choices}>
      <legend>
        {legend}
        {hint !== undefined && <small>{hint}</small>}
      </legend>
      {choices.map(({ id, label, means }) => (
        <label key={id} className={css.choice}>
          <input
            type={many ? 'checkbox' : 'radio'}
            name={name}
            checked={value.includes(id)}
            onChange={() => pick(id)}
          />
          <span>
            <strong>{label}</strong>
            <small>{means}</small>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
