/** URIs, one on each line. */
import { Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { toUris } from './kinds.ts'

export interface UriLinesProps {
  readonly label: string
  readonly hint: string
  readonly placeholder: string
  readonly value: readonly string[]
  readonly error: string | undefined
  readonly isRequired?: boolean
  readonly onChange: (value: readonly string[]) => void
}

/** The text stays as it was typed: a line that is just being begun must not vanish. */
export function UriLines({ hint, value, isRequired = false, onChange, ...rest }: UriLinesProps): ReactNode {
  const [text, setText] = useState(value.join('\n'))
  return (
    <Textarea
      {...rest}
      description={hint}
      value={text}
      rows={Math.max(2, text.split('\n').length)}
      spellCheck={false}
      required={isRequired}
      withAsterisk={false}
      onChange={(event) => {
        setText(event.currentTarget.value)
        onChange(toUris(event.currentTarget.value))
      }}
    />
  )
}
