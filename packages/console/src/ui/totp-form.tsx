/** The seed of an authenticator app, to scan or to type, and the first code that proves that it has arrived. */
import type { TotpOffer } from '@countersign/client'
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useT } from '../i18n/messages.ts'
import { CopyField, Failure } from './parts.tsx'
import { QrCode } from './qr-code.tsx'
import css from './totp.module.css'

export interface TotpFormProps {
  readonly offer: TotpOffer
  /** Throws what the authority says against it. */
  readonly onCode: (code: string) => Promise<void>
}

export function TotpForm({ offer, onCode }: TotpFormProps): ReactNode {
  const t = useT()
  const [code, setCode] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    try {
      await onCode(code.replaceAll(/\s/g, ''))
    } catch (refusal) {
      setError(refusal)
      setCode('')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <div className={css.seed}>
        <QrCode text={offer.otpauth_uri.reveal()} label={t.totp.qr} />
        <div className={css.words}>
          <p>
            {t.totp.scan} {t.totp.orType}
          </p>
          <CopyField label={t.totp.key} value={inGroups(offer.secret.reveal())} />
        </div>
      </div>
      <TextInput
        label={t.totp.thenEnter}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        autoComplete="one-time-code"
        inputMode="numeric"
        required
        withAsterisk={false}
        data-autofocus
        classNames={{ input: css.code ?? '' }}
      />
      {error !== null && <Failure error={error} />}
      <Button type="submit" loading={isBusy}>
        {t.totp.confirm}
      </Button>
    </form>
  )
}

/** Four letters at a time are what a person can carry from one screen to another. */
const inGroups = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, '$1 ')
