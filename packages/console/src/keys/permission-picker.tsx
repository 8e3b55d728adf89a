/** Picks permissions out of those that the picker holds: the authority's own by noun, and any others by name. */
import { allows, isPermission, permissions as own, type Permission } from '@countersign/protocol'
import { Input, TagsInput } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useT } from '../i18n/messages.ts'
import css from './keys.module.css'

export interface PermissionPickerProps {
  readonly value: readonly Permission[]
  readonly held: readonly Permission[]
  /** Why few are better: of a key, or of a role. */
  readonly hint: string
  readonly onChange: (value: readonly Permission[]) => void
  readonly error?: string | undefined
}

export function PermissionPicker({ value, held, hint, onChange, error }: PermissionPickerProps): ReactNode {
  const t = useT()
  const groups = useMemo(() => groupByNoun(offered(held)), [held])
  const known = new Set(groups.flatMap(([, all]) => all))
  const others = value.filter((one) => !known.has(one))
  const toggle = (one: Permission): void =>
    onChange(value.includes(one) ? value.filter((other) => other !== one) : [...value, one])
  return (
    <Input.Wrapper label={t.account.permissions} description={hint} error={error}>
      <div className={css.groups}>
        {groups.map(([noun, all]) => (
          <fieldset key={noun} className={css.group}>
            <legend>{noun}</legend>
            {all.map((one) => (
              <label key={one} className={css.choice}>
                <input type="checkbox" checked={value.includes(one)} onChange={() => toggle(one)} />
                <span>{one.split(':')[1]}</span>
              </label>
            ))}
          </fieldset>
        ))}
      </div>
      <TagsInput
        mt="sm"
        label={t.account.otherPermission}
        description={t.account.otherPermissionHint}
        value={[...others]}
        splitChars={[',', ' ']}
        onChange={(tags) => onChange([...value.filter((one) => known.has(one)), ...tags])}
      />
    </Input.Wrapper>
  )
}

/** What may not be given away is not offered; the authority refuses it in any case. */
export const isGivable = (permission: string, held: readonly Permission[]): boolean =>
  isPermission(permission) && allows(held, permission)

function offered(held: readonly Permission[]): readonly Permission[] {
  const owned = Object.values(own).filter((permission) => allows(held, permission))
  const further = held.filter((permission) => !permission.endsWith('*'))
  return [...new Set([...owned, ...further])]
}

function groupByNoun(all: readonly Permission[]): readonly (readonly [string, readonly Permission[]])[] {
  const groups = Map.groupBy(all, (permission) => permission.split(':')[0] ?? '')
  return [...groups].toSorted(([a], [b]) => a.localeCompare(b))
}
