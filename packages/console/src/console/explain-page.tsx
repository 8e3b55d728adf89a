/** Why a request was refused, by its decision id; and what stands in a credential, taken apart in the browser. */
import { inspectCredential } from '@countersign/client'
import { Button, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { isProblem } from '../api/problems.ts'
import { useT } from '../i18n/messages.ts'
import rows from '../ui/list.module.css'
import { CopyField, Fact, Facts, Failure, Notice, PageHeader, Section } from '../ui/parts.tsx'
import { useFilters } from '../ui/search-params.ts'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'

export function ExplainPage(): ReactNode {
  const t = useT()
  return (
    <>
      <PageHeader title={t.console.explain} lead={t.console.explainLead} />
      <Decision />
      <Inspector />
    </>
  )
}

function Decision(): ReactNode {
  const t = useT()
  const [filters, setFilter] = useFilters()
  const id = filters.get('decision') ?? ''
  const [text, setText] = useState(id)
  const decision = useQuery({
    queryKey: ['decision', id],
    queryFn: () => client.decisions.read(id),
    enabled: id !== '',
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setFilter('decision', text.trim())
  }
  return (
    <Section title={t.console.decisionId} lead={t.console.decisionHint}>
      <form className={rows.filters} onSubmit={submit}>
        <TextInput
          aria-label={t.console.decisionId}
          placeholder="dec_…"
          value={text}
          maxLength={100}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={decision.isLoading}>
          {t.console.look}
        </Button>
      </form>
      {isProblem(decision.error, 'not_found') && <Notice tone="warn">{t.console.decisionGone}</Notice>}
      {decision.error !== null && !isProblem(decision.error, 'not_found') && (
        <Failure error={decision.error} />
      )}
      {decision.data !== undefined && (
        <Facts>
          <Fact label={t.console.code}>
            <code className={css.mono}>{decision.data.code}</code>
          </Fact>
          <Fact label={t.console.reasonOf}>{decision.data.reason ?? t.common.unknown}</Fact>
          <Fact label={t.console.route}>{decision.data.route ?? t.common.unknown}</Fact>
          <Fact label={t.console.credential}>{decision.data.credential_id ?? t.common.none}</Fact>
          <Fact label={t.console.address}>{decision.data.address ?? t.common.unknown}</Fact>
          <Fact label={t.console.reportedBy}>{decision.data.reported_by ?? t.console.here}</Fact>
          <Fact label={t.console.at}>
            <Time at={decision.data.at} />
          </Fact>
        </Facts>
      )}
    </Section>
  )
}

function Inspector(): ReactNode {
  const t = useT()
  const [text, setText] = useState('')
  const inspection = text.trim() === '' ? null : inspectCredential(text, Date.now())
  return (
    <Section title={t.console.decode} lead={t.console.decodeLead}>
      <Textarea
        aria-label={t.console.pasted}
        value={text}
        rows={3}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: css.mono ?? '' }}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {inspection !== null && (
        <div className={rows.inspection}>
          <Notice tone={inspection.wellFormed ? 'good' : 'danger'}>
            {inspection.wellFormed ? t.console.wellFormed : t.console.malformed}
          </Notice>
          {inspection.warnings.map((warning) => (
            <Notice key={warning} tone="warn">
              {warning}
            </Notice>
          ))}
          {inspection.id !== null && <CopyField label={t.common.id} value={inspection.id} />}
          <dl className={rows.parts}>
            {inspection.parts.map(({ name, value, meaning }) => (
              <div key={name}>
                <dt>
                  <code>{name}</code>
                </dt>
                <dd>
                  {value}
                  <small>{meaning}</small>
                </dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </Section>
  )
}
