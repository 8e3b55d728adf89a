/** The address of somebody else: never filled in with one’s own. */
import { TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'

interface EmailInputProps {
  readonly value: string
  readonly onChange: (value: string) => void
}

export function EmailInput({ value, onChange }: EmailInputProps): ReactNode {
  const t = useT()
  return (
    <TextInput
      type="email"
      label={t.console.email}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      autoComplete="off"
      required
      withAsterisk={false}
      data-autofocus
    />
  )
}
