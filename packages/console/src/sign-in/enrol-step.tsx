/** The second step of somebody who has no second factor yet and is not let in without one. */
import type { SignedIn } from '@countersign/client'
import type { Secret } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { isDeclined } from '../api/problems.ts'
import { useT } from '../i18n/messages.ts'
import { Failure } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { TotpForm } from '../ui/totp-form.tsx'
import css from './sign-in.module.css'

export interface EnrolStepProps {
  readonly ticket: Secret
  readonly onSignedIn: (answer: SignedIn) => void
  readonly onStartOver: () => void
}

export function EnrolStep({ ticket, onSignedIn, onStartOver }: EnrolStepProps): ReactNode {
  const t = useT()
  // Asked once: another offer would take the place of the one on the screen.
  const offer = useQuery({
    queryKey: ['enrolment', ticket],
    queryFn: () => client.enrolTotpWithTicket(ticket),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })
  return (
    <div className={css.form}>
      <div className={css.heading}>
        <h1>{t.signIn.enrolTitle}</h1>
        <p>{t.signIn.enrolLead}</p>
      </div>
      {offer.error !== null && <Failure error={offer.error} />}
      {offer.isPending && <RowsSkeleton rows={3} />}
      {offer.data !== undefined && (
        <TotpForm
          offer={offer.data}
          onCode={async (code) => onSignedIn(await client.signInWithFactor({ ticket, factor: 'totp', code }))}
        />
      )}
      <div className={css.ways}>
        <PasskeyInstead ticket={ticket} onSignedIn={onSignedIn} />
        <Button variant="subtle" onClick={onStartOver}>
          {t.signIn.startOver}
        </Button>
      </div>
    </div>
  )
}

/** The stronger one of the two, where the browser knows it. */
function PasskeyInstead({ ticket, onSignedIn }: Omit<EnrolStepProps, 'onStartOver'>): ReactNode {
  const t = useT()
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  if (!client.passkeys.isSupported) return null
  const make = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      onSignedIn(await client.enrolPasskeyWithTicket({ ticket }))
    } catch (refusal) {
      if (!isDeclined(refusal)) setError(refusal)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button variant="default" size="md" fullWidth loading={isBusy} onClick={() => void make()}>
        {t.signIn.enrolPasskey}
      </Button>
      {error !== null && <Failure error={error} />}
    </>
  )
}
