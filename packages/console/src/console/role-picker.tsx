/** Picks roles by their ids; what they mean is on the page of roles. */
import { permissions as own } from '@countersign/protocol'
import { TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { rolesQuery } from '../api/admin-queries.ts'
import { useT } from '../i18n/messages.ts'
import { useMay } from '../shell/me.ts'

export interface RolePickerProps {
  readonly value: readonly string[]
  readonly onChange: (roles: readonly string[]) => void
}

export function RolePicker({ value, onChange }: RolePickerProps): ReactNode {
  const t = useT()
  const may = useMay()
  const { data } = useQuery({ ...rolesQuery, enabled: may(own.rolesRead) })
  return (
    <TagsInput
      label={t.console.roles}
      data={data?.items.map(({ id }) => id) ?? []}
      value={[...value]}
      onChange={onChange}
    />
  )
}
