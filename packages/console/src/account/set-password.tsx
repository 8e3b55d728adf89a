/**
 * For an account without a password, in place of the form that changes one: a link to its mail sets it. Whoever sits at
 * an open session alone sets none (ASVS 7.5.1).
 */
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { useMe } from '../shell/me.ts'
import { Failure, Notice, Section } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'

export function SetPassword(): ReactNode {
  const t = useT()
  const { email = '' } = useMe().principal
  const send = useAction({ run: () => client.requestPasswordReset(email), isQuiet: true })
  return (
    <Section title={t.account.passwordTitle}>
      <div className={css.stack}>
        <div className={css.beside}>
          <p className={css.plain}>{t.account.passwordNone}</p>
          <Button variant="default" loading={send.isPending} onClick={() => send.mutate()}>
            {t.account.sendPasswordLink}
          </Button>
        </div>
        <div role="status">
          {send.isSuccess && <Notice tone="good">{t.account.passwordLinkSent(email)}</Notice>}
        </div>
        {send.error !== null && <Failure error={send.error} />}
      </div>
    </Section>
  )
}
