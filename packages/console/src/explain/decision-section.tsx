/** One refusal by its decision id, which stands in the address. */
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { isProblem } from '../api/problems.ts'
import { PrincipalLink } from '../console/principal-link.tsx'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import rows from '../ui/list.module.css'
import { Fact, Facts, Failure, Notice, Section } from '../ui/parts.tsx'
import { useFilters } from '../ui/search-params.ts'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { Checks, Mend } from './checks.tsx'
import { explainTexts } from './texts.ts'

export function DecisionSection(): ReactNode {
  const t = useT()
  const words = useTexts(explainTexts)
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
    <Section title={words.decisionId} lead={words.decisionHint}>
      <form className={rows.filters} onSubmit={submit}>
        <TextInput
          aria-label={words.decisionId}
          placeholder="dec_…"
          value={text}
          maxLength={100}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={decision.isLoading}>
          {words.look}
        </Button>
      </form>
      {isProblem(decision.error, 'not_found') && <Notice tone="warn">{words.decisionGone}</Notice>}
      {decision.error !== null && !isProblem(decision.error, 'not_found') && (
        <Failure error={decision.error} />
      )}
      {decision.data !== undefined && (
        <div className={rows.inspection}>
          <Mend code={decision.data.code} reason={decision.data.reason} mend={decision.data.mend} />
          <Facts>
            <Fact label={words.code}>
              <code className={css.mono}>{decision.data.code}</code>
            </Fact>
            <Fact label={words.reason}>{decision.data.reason ?? t.common.unknown}</Fact>
            <Fact label={words.route}>{decision.data.route ?? t.common.unknown}</Fact>
            <Fact label={words.credential}>{decision.data.credential_id ?? t.common.none}</Fact>
            <Fact label={t.console.address}>{decision.data.address ?? t.common.unknown}</Fact>
            <Fact label={words.reportedBy}>
              {decision.data.reported_by === null ? (
                words.here
              ) : (
                <PrincipalLink id={decision.data.reported_by} />
              )}
            </Fact>
            <Fact label={words.at}>
              <Time at={decision.data.at} />
            </Fact>
            <Fact label={words.position}>{decision.data.position ?? t.common.unknown}</Fact>
            <Fact label={words.lease}>{words.leaseLeft(decision.data.lease_ms)}</Fact>
          </Facts>
          <Checks checks={decision.data.checks} />
        </div>
      )}
    </Section>
  )
}
