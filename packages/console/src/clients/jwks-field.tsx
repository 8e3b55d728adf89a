/** A client's public keys as JSON. The form cannot be sent while the text is no set of keys. */
import type { ClientShape } from '@countersign/protocol'
import { Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { moreTexts } from './more-texts.ts'

type Jwks = NonNullable<ClientShape['jwks']>

export interface JwksFieldProps {
  readonly value: Jwks | null
  readonly error: string | undefined
  readonly onChange: (value: Jwks | null) => void
}

export function JwksField({ value, error, onChange }: JwksFieldProps): ReactNode {
  const words = useTexts(moreTexts)
  const [text, setText] = useState(value === null ? '' : JSON.stringify(value, null, 2))
  const [isWrong, setWrong] = useState(false)
  return (
    <Textarea
      label={words.jwks}
      description={words.jwksHint}
      placeholder={'{ "keys": [ … ] }'}
      value={text}
      rows={Math.min(12, Math.max(3, text.split('\n').length))}
      spellCheck={false}
      error={isWrong ? words.jwksWrong : error}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value)
        const jwks = parseJwks(currentTarget.value)
        setWrong(jwks === undefined)
        currentTarget.setCustomValidity(jwks === undefined ? words.jwksWrong : '')
        if (jwks !== undefined) onChange(jwks)
      }}
    />
  )
}

/** Null for nothing, undefined for what is no set of keys; what the keys are worth, the authority says. */
function parseJwks(text: string): Jwks | null | undefined {
  if (text.trim() === '') return null
  try {
    const parsed: unknown = JSON.parse(text)
    return isJwks(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

const isJwks = (value: unknown): value is Jwks =>
  typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)
