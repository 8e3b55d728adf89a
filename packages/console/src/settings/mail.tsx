/** Where mail goes, and a mail to oneself to see whether any leaves. */
import type { SettingsResponse } from '@countersign/protocol'
import { permissions as own } from '@countersign/protocol'
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMay, useMe } from '../shell/me.ts'
import { Failure, Notice, Section } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import { settingsTexts } from './texts.ts'

export function Mail({ mail }: { readonly mail: SettingsResponse['mail'] }): ReactNode {
  const words = useTexts(settingsTexts)
  const may = useMay()
  return (
    <Section title={words.mail}>
      <p className={css.plain}>
        {words.mailKinds[mail.kind]} {mail.kind === 'smtp' && <code className={css.mono}>{mail.target}</code>}
      </p>
      {mail.kind === 'smtp' && may(own.mailTest) && <TestMail />}
    </Section>
  )
}

function TestMail(): ReactNode {
  const words = useTexts(settingsTexts)
  const { email } = useMe().principal
  const test = useAction({ run: () => client.settings.testMail(), isQuiet: true })
  if (email === undefined) return <p className={css.plain}>{words.testNobody}</p>
  return (
    <div className={css.stack}>
      <div className={css.beside}>
        <span className={css.quiet}>{words.testTo(email)}</span>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {words.testMail}
        </Button>
      </div>
      {test.error !== null && <Failure error={test.error} />}
      {test.data !== undefined && (
        <Notice tone={test.data.outcome === 'sent' ? 'good' : 'danger'} isAlert>
          {test.data.outcome === 'no_address' ? words.testNobody : words.outcomes[test.data.outcome]}
          {test.data.reason !== null && <div className={css.decision}>{words.reason(test.data.reason)}</div>}
        </Notice>
      )}
    </div>
  )
}
