/** The second step: a code of the authenticator app, or a recovery code. */
import type { FactorRequired, SignedIn } from '@countersign/client'
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { useT } from '../i18n/messages.ts'
import { Failure, Notice } from '../ui/parts.tsx'
import css from './sign-in.module.css'
import { useWait } from './wait.ts'

export interface FactorStepProps {
  readonly required: FactorRequired
  readonly onSignedIn: (answer: SignedIn) => void
  readonly onStartOver: () => void
}

type Way = 'totp' | 'recovery_code'

export function FactorStep({ required, onSignedIn, onStartOver }: FactorStepProps): ReactNode {
  const t = useT()
  const wait = useWait()
  const [way, setWay] = useState<Way>(required.factors.includes('totp') ? 'totp' : 'recovery_code')
  const [code, setCode] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      onSignedIn(await client.signInWithFactor({ ticket: required.ticket, factor: way, code: code.trim() }))
    } catch (refusal) {
      if (!wait.begin(refusal)) setError(refusal)
      setCode('')
    } finally {
      setBusy(false)
    }
  }
  const other: Way = way === 'totp' ? 'recovery_code' : 'totp'
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <div className={css.heading}>
        <h1>{t.signIn.factorTitle}</h1>
        <p>{way === 'totp' ? t.signIn.factorLead : t.signIn.recoveryLead}</p>
      </div>
      <TextInput
        key={way}
        label={way === 'totp' ? t.signIn.code : t.signIn.recoveryCode}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        autoComplete="one-time-code"
        inputMode={way === 'totp' ? 'numeric' : 'text'}
        autoFocus
        required
        withAsterisk={false}
        size="md"
        classNames={{ input: css.code ?? '' }}
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
        {required.factors.includes(other) && (
          <Button
            variant="subtle"
            onClick={() => {
              setWay(other)
              setCode('')
              setError(null)
            }}
          >
            {other === 'totp' ? t.signIn.useTotp : t.signIn.useRecovery}
          </Button>
        )}
        <Button variant="subtle" onClick={onStartOver}>
          {t.signIn.startOver}
        </Button>
      </div>
    </form>
  )
}
