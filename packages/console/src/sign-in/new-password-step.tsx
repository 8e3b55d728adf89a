/** The last step of somebody whose password has to be changed: another one, and they are in. */
import { FactorRequired, type PasswordChangeRequired, type SignedIn } from '@countersign/client'
import { Button, PasswordInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { useT } from '../i18n/messages.ts'
import { Failure, Notice } from '../ui/parts.tsx'
import css from './sign-in.module.css'
import { useWait } from './wait.ts'

export interface NewPasswordStepProps {
  readonly required: PasswordChangeRequired
  readonly onSignedIn: (answer: SignedIn) => void
  /** Where a policy asks for a second factor beside the new password. */
  readonly onRequired: (required: FactorRequired) => void
  readonly onStartOver: () => void
}

export function NewPasswordStep(props: NewPasswordStepProps): ReactNode {
  const { required, onSignedIn, onRequired, onStartOver } = props
  const t = useT()
  const wait = useWait()
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    // Read from the form: password managers fill fields without telling React.
    const newPassword = `${new FormData(event.currentTarget).get('new-password')}`
    setBusy(true)
    setError(null)
    try {
      onSignedIn(await client.signInWithNewPassword({ ticket: required.ticket, newPassword }))
    } catch (refusal) {
      if (refusal instanceof FactorRequired) onRequired(refusal)
      else if (!wait.begin(refusal)) setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <div className={css.heading}>
        <h1>{t.signIn.newPasswordTitle}</h1>
        <p>{required.reason === 'breached' ? t.signIn.breachedLead : t.signIn.newPasswordLead}</p>
      </div>
      <PasswordInput
        name="new-password"
        label={t.signIn.newPassword}
        autoComplete="new-password"
        autoFocus
        required
        withAsterisk={false}
        size="md"
        visibilityToggleButtonProps={{ 'aria-label': t.signIn.showPassword }}
      />
      {error !== null && <Failure error={error} />}
      {wait.seconds > 0 && (
        <Notice tone="warn" isAlert>
          {t.signIn.wait(wait.seconds)}
        </Notice>
      )}
      <Button type="submit" size="md" fullWidth loading={isBusy} disabled={wait.seconds > 0}>
        {t.signIn.continue}
      </Button>
      <div className={css.ways}>
        <Button variant="subtle" onClick={onStartOver}>
          {t.signIn.startOver}
        </Button>
      </div>
    </form>
  )
}
