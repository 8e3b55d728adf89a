/** The fields that a client is registered and changed with. */
import {
  type ClientAuthMethod,
  clientAuthMethods,
  type IdTokenAlgorithm,
  identityScopes,
  idTokenAlgorithms,
  isIdentityScope,
} from '@countersign/protocol'
import { Input, Select, TagsInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { programsQuery } from '../api/admin-queries.ts'
import { useTexts } from '../i18n/texts.ts'
import css from '../keys/keys.module.css'
import { Notice } from '../ui/parts.tsx'
import { clientTexts } from './texts.ts'
import { UriLines } from './uri-lines.tsx'

interface FieldProps<T> {
  readonly value: T
  readonly onChange: (value: T) => void
}

export interface RedirectUrisProps extends FieldProps<readonly string[]> {
  readonly isPublic: boolean
  readonly error: string | undefined
}

export function RedirectUris({ value, isPublic, error, onChange }: RedirectUrisProps): ReactNode {
  const words = useTexts(clientTexts)
  return (
    <UriLines
      label={words.redirectUris}
      hint={isPublic ? words.redirectUrisHintPublic : words.redirectUrisHint}
      placeholder={isPublic ? 'com.example.app:/callback' : 'https://app.example.com/callback'}
      value={value}
      error={error}
      isRequired
      onChange={onChange}
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

export function MethodPicker({ value, onChange }: FieldProps<ClientAuthMethod>): ReactNode {
  const words = useTexts(clientTexts)
  return (
    <Select
      label={words.method}
      description={words.methodHint}
      data={clientAuthMethods.map((method) => ({ value: method, label: words.methods[method] }))}
      value={value}
      allowDeselect={false}
      onChange={(picked) => onChange(clientAuthMethods.find((one) => one === picked) ?? value)}
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
