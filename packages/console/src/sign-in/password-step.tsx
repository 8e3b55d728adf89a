/** The first step: address and password. It says the same for an unknown address and a wrong password. */
import { FactorRequired, PasswordChangeRequired, type SignedIn } from '@countersign/client'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { client } from '../api/client.ts'
import { facts } from '../facts.ts'
import { useT } from '../i18n/messages.ts'
import { Failure, Notice } from '../ui/parts.tsx'
import css from './sign-in.module.css'
import { useWait } from './wait.ts'

export interface PasswordStepProps {
  readonly onSignedIn: (answer: SignedIn) => void
  readonly onRequired: (required: FactorRequired | PasswordChangeRequired) => void
}

export function PasswordStep({ onSignedIn, onRequired }: PasswordStepProps): ReactNode {
  const t = useT()
  const wait = useWait()
  const password = useRef<HTMLInputElement>(null)
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    // Read from the form: password managers fill fields without telling React.
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setError(null)
    try {
      onSignedIn(await client.signIn({ email: `${form.get('email')}`, password: `${form.get('password')}` }))
    } catch (refusal) {
      const isStep = refusal instanceof FactorRequired || refusal instanceof PasswordChangeRequired
      if (isStep) onRequired(refusal)
      else if (!wait.begin(refusal)) setError(refusal)
      password.current?.select()
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <div className={css.heading}>
        <h1>{t.signIn.title}</h1>
        <p>{t.signIn.lead(facts.name)}</p>
      </div>
      <TextInput
        name="email"
        type="email"
        label={t.signIn.email}
        autoComplete="username webauthn"
        required
        withAsterisk={false}
        autoFocus
        size="md"
      />
      <PasswordInput
        ref={password}
        name="password"
        label={t.signIn.password}
        autoComplete="current-password"
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
        {t.signIn.submit}
      </Button>
    </form>
  )
}
