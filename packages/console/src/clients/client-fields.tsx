/** The fields that a client is registered and changed with. */
import {
  type ClientAuthMethod,
  type IdTokenAlgorithm,
  identityScopes,
  idTokenAlgorithms,
  isIdentityScope,
} from '@countersign/protocol'
import { Input, Select, TagsInput, Textarea } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { programsQuery } from '../api/admin-queries.ts'
import { useTexts } from '../i18n/texts.ts'
import css from '../keys/keys.module.css'
import { Notice } from '../ui/parts.tsx'
import { toUris } from './kinds.ts'
import { clientTexts } from './texts.ts'

interface FieldProps<T> {
  readonly value: T
  readonly onChange: (value: T) => void
}

export interface RedirectUrisProps extends FieldProps<readonly string[]> {
  readonly isPublic: boolean
  readonly error: string | undefined
}

/** The text stays as it was typed: a line that is just being begun must not vanish. */
export function RedirectUris({ value, isPublic, error, onChange }: RedirectUrisProps): ReactNode {
  const words = useTexts(clientTexts)
  const [text, setText] = useState(value.join('\n'))
  return (
    <Textarea
      label={words.redirectUris}
      description={isPublic ? words.redirectUrisHintPublic : words.redirectUrisHint}
      placeholder={isPublic ? 'com.example.app:/callback' : 'https://app.example.com/callback'}
      value={text}
      error={error}
      rows={Math.max(2, text.split('\n').length)}
      spellCheck={false}
      required
      withAsterisk={false}
      onChange={(event) => {
        setText(event.currentTarget.value)
        onChange(toUris(event.currentTarget.value))
      }}
    />
  )
}

/** `hasPeople`: without people there is nobody to learn anything about. */
export function Scopes({
  value,
  hasPeople,
  onChange,
}: FieldProps<readonly string[]> & { readonly hasPeople: boolean }): ReactNode {
  const words = useTexts(clientTexts)
  const identity = value.filter(isIdentityScope)
  const others = value.filter((scope) => !isIdentityScope(scope))
  const toggle = (scope: string): void =>
    onChange(value.includes(scope) ? value.filter((one) => one !== scope) : [...value, scope])
  return (
    <>
      {hasPeople && (
        <Input.Wrapper label={words.identity}>
          <fieldset className={css.group} aria-label={words.identity}>
            {identityScopes.map((scope) => (
              <label key={scope} className={css.choice}>
                <input type="checkbox" checked={value.includes(scope)} onChange={() => toggle(scope)} />
                <span>
                  <code>{scope}</code> {words.scopeMeans[scope]}
                </span>
              </label>
            ))}
          </fieldset>
        </Input.Wrapper>
      )}
      <TagsInput
        label={words.permissions}
        description={words.permissionsHint}
        value={others}
        splitChars={[',', ' ']}
        onChange={(tags) => onChange([...identity, ...tags])}
      />
    </>
  )
}

export function Audiences({ value, onChange }: FieldProps<readonly string[]>): ReactNode {
  const words = useTexts(clientTexts)
  return (
    <TagsInput
      label={words.audiences}
      description={words.audiencesHint}
      value={[...value]}
      splitChars={[',', ' ']}
      onChange={onChange}
    />
  )
}

export function IdTokenAlgorithmPicker({ value, onChange }: FieldProps<IdTokenAlgorithm | null>): ReactNode {
  const words = useTexts(clientTexts)
  return (
    <Select
      label={words.idTokenAlgorithm}
      description={words.idTokenAlgorithmHint}
      placeholder={words.idTokenAlgorithmOwn}
      data={[...idTokenAlgorithms]}
      value={value}
      clearable
      onChange={(picked) => onChange(idTokenAlgorithms.find((one) => one === picked) ?? null)}
    />
  )
}

/** The ways that need a secret and nothing else, between which a client may change. */
export const secretMethods = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'] as const

export function SecretMethodPicker({ value, onChange }: FieldProps<ClientAuthMethod>): ReactNode {
  const words = useTexts(clientTexts)
  return (
    <Select
      label={words.method}
      description={words.methodHint}
      data={secretMethods.map((method) => ({ value: method, label: words.methods[method] }))}
      value={value}
      allowDeselect={false}
      onChange={(picked) => onChange(secretMethods.find((one) => one === picked) ?? value)}
    />
  )
}

export function ServiceAccountPicker({ value, onChange }: FieldProps<string | null>): ReactNode {
  const words = useTexts(clientTexts)
  const programs = useInfiniteQuery(programsQuery)
  const items = programs.data?.pages.flatMap((page) => page.items) ?? []
  if (programs.data !== undefined && items.length === 0) {
    return (
      <Notice tone="warn">
        {words.serviceAccountNone} <Link href="/console/programs">{words.toPrograms}</Link>
      </Notice>
    )
  }
  return (
    <Select
      label={words.serviceAccount}
      description={words.serviceAccountHint}
      data={items.map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      searchable
      required
      withAsterisk={false}
      onChange={onChange}
    />
  )
}
