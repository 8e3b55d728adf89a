/** The second step: a passkey, a code of the authenticator app, or a recovery code. */
import { type FactorRequired, PasswordChangeRequired, type SignedIn } from '@countersign/client'
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
  readonly onRequired: (required: PasswordChangeRequired) => void
  readonly onStartOver: () => void
}

type Way = 'passkey' | 'totp' | 'recovery_code'

/** In the order in which they are offered. */
const WAYS: readonly Way[] = ['passkey', 'totp', 'recovery_code']

export function FactorStep(props: FactorStepProps): ReactNode {
  const { required, onSignedIn, onRequired, onStartOver } = props
  const t = useT()
  const wait = useWait()
  const ways = WAYS.filter((one) => required.factors.includes(one)).filter(
    (one) => one !== 'passkey' || client.passkeys.isSupported,
  )
  const [way, setWay] = useState<Way>(ways[0] ?? 'recovery_code')
  const [code, setCode] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      const { ticket } = required
      onSignedIn(
        way === 'passkey'
          ? await client.signInWithPasskeyAsFactor({ ticket })
          : await client.signInWithFactor({ ticket, factor: way, code: code.trim() }),
      )
    } catch (refusal) {
      if (refusal instanceof PasswordChangeRequired) onRequired(refusal)
      else if (!wait.begin(refusal)) setError(refusal)
      setCode('')
    } finally {
      setBusy(false)
    }
  }
  const { leads, changes } = textsOf(t)
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <div className={css.heading}>
        <h1>{t.signIn.factorTitle}</h1>
        <p>{leads[way]}</p>
      </div>
      {way !== 'passkey' && (
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
      )}
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
        {ways
          .filter((one) => one !== way)
          .map((one) => (
            <Button
              key={one}
              variant="subtle"
              onClick={() => {
                setWay(one)
                setCode('')
                setError(null)
              }}
            >
              {changes[one]}
            </Button>
          ))}
        <Button variant="subtle" onClick={onStartOver}>
          {t.signIn.startOver}
        </Button>
      </div>
    </form>
  )
}

function textsOf({ signIn }: ReturnType<typeof useT>): Record<'leads' | 'changes', Record<Way, string>> {
  return {
    leads: { passkey: signIn.passkeyLead, totp: signIn.factorLead, recovery_code: signIn.recoveryLead },
    changes: { passkey: signIn.usePasskey, totp: signIn.useTotp, recovery_code: signIn.useRecovery },
  }
}
