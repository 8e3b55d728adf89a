/**
 * A pasted credential: taken apart in this browser, and on demand held against every check of the authority. It is in
 * no address, no cache and no storage; once sent, only what was found out is kept.
 */
import { inspectCredential } from '@countersign/client'
import { Button, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { useTexts } from '../i18n/texts.ts'
import rows from '../ui/list.module.css'
import { Fact, Facts, Failure, Notice, Section } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import { Checks, Mend } from './checks.tsx'
import own from './explain.module.css'
import { Inspected } from './inspected.tsx'
import { explainTexts } from './texts.ts'

interface Use {
  readonly permissions: string
  readonly audience: string
  readonly address: string
}

export function CredentialSection(): ReactNode {
  const words = useTexts(explainTexts)
  const [text, setText] = useState('')
  const [use, setUse] = useState<Use>({ permissions: '', audience: '', address: '' })
  const explaining = useMutation({
    mutationFn: () => client.explain({ credential: text.trim(), ...toAsked(use) }),
    gcTime: 0,
  })
  const inspection = text.trim() === '' ? null : inspectCredential(text, Date.now())
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    explaining.mutate()
  }
  return (
    <Section title={words.paste} lead={words.pasteLead}>
      <form onSubmit={submit} className={own.form}>
        <Textarea
          aria-label={words.pasted}
          value={text}
          rows={3}
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: css.mono ?? '' }}
          onChange={(event) => {
            setText(event.currentTarget.value)
            explaining.reset()
          }}
        />
        <UseFields use={use} onChange={setUse} />
        <div>
          <Button type="submit" disabled={inspection === null} loading={explaining.isPending}>
            {words.run}
          </Button>
        </div>
      </form>
      <div className={rows.inspection} aria-live="polite">
        {explaining.error !== null && <Failure error={explaining.error} />}
        {explaining.data !== undefined && (
          <>
            {explaining.data.code === null || explaining.data.mend === null ? (
              <Notice tone="good">{words.good}</Notice>
            ) : (
              <Mend code={explaining.data.code} reason={explaining.data.reason} mend={explaining.data.mend} />
            )}
            <Facts>
              <Fact label={words.code}>{explaining.data.code ?? words.accepted}</Fact>
              <Fact label={words.position}>{explaining.data.position}</Fact>
              <Fact label={words.lease}>{words.leaseLeft(explaining.data.lease_ms)}</Fact>
            </Facts>
            <Checks checks={explaining.data.checks} />
          </>
        )}
        {inspection !== null && <Inspected inspection={inspection} />}
      </div>
    </Section>
  )
}

/** What is left empty is not looked at. */
function toAsked({ permissions, audience, address }: Use): {
  permissions?: readonly string[]
  audience?: string
  address?: string
} {
  const asked = permissions.split(/[\s,]+/).filter((one) => one !== '')
  return {
    ...(asked.length > 0 && { permissions: asked }),
    ...(audience.trim() !== '' && { audience: audience.trim() }),
    ...(address.trim() !== '' && { address: address.trim() }),
  }
}

interface UseFieldsProps {
  readonly use: Use
  readonly onChange: (use: Use) => void
}

function UseFields({ use, onChange }: UseFieldsProps): ReactNode {
  const words = useTexts(explainTexts)
  return (
    <details className={own.use}>
      <summary>{words.use}</summary>
      <div className={own.fields}>
        {(['permissions', 'audience', 'address'] as const).map((name) => (
          <TextInput
            key={name}
            label={words.fields[name]}
            placeholder={words.examples[name]}
            value={use[name]}
            maxLength={name === 'address' ? 45 : 200}
            onChange={(event) => onChange({ ...use, [name]: event.currentTarget.value })}
          />
        ))}
      </div>
    </details>
  )
}
