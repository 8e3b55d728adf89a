/** Changes the person's own password; with the old one every other session ends. */
import { Button, PasswordInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useRef } from 'react'
import { meQuery, myFactorsQuery, mySessionsQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { Cancelled } from '../api/problems.ts'
import { useAction } from '../api/use-action.ts'
import { facts } from '../facts.ts'
import { useT } from '../i18n/messages.ts'
import { Failure, Section } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'

export function ChangePassword(): ReactNode {
  const t = useT()
  const form = useRef<HTMLFormElement>(null)
  const change = useAction({
    run: (passwords: { currentPassword: string; newPassword: string }) => client.changePassword(passwords),
    changes: [mySessionsQuery.queryKey, myFactorsQuery.queryKey, meQuery.queryKey],
    isQuiet: true,
    done: () => t.account.passwordChanged,
    onDone: () => form.current?.reset(),
  })
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    change.mutate({ currentPassword: `${fields.get('current')}`, newPassword: `${fields.get('new')}` })
  }
  const toggle = { 'aria-label': t.signIn.showPassword }
  return (
    <Section title={t.account.passwordTitle} lead={t.account.passwordLead}>
      <form ref={form} className={css.stack} onSubmit={submit}>
        <PasswordInput
          name="current"
          label={t.account.currentPassword}
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={toggle}
        />
        <PasswordInput
          name="new"
          label={t.signIn.newPassword}
          description={t.account.passwordHint(facts.passwordLengthMin)}
          autoComplete="new-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={toggle}
        />
        {change.error !== null && !(change.error instanceof Cancelled) && <Failure error={change.error} />}
        <div className={css.buttons}>
          <Button type="submit" variant="default" loading={change.isPending}>
            {t.account.changePassword}
          </Button>
        </div>
      </form>
    </Section>
  )
}
