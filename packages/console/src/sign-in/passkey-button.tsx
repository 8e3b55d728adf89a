/** In place of address and password: a passkey alone, where the browser knows them, by a button and in the field. */
import type { SignedIn } from '@countersign/client'
import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { isDeclined } from '../api/problems.ts'
import { useT } from '../i18n/messages.ts'
import { Failure } from '../ui/parts.tsx'
import { useOfferedPasskey } from './offered-passkey.ts'
import css from './sign-in.module.css'

export function PasskeyButton({
  onSignedIn,
}: {
  readonly onSignedIn: (answer: SignedIn) => void
}): ReactNode {
  const t = useT()
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const offered = useOfferedPasskey(onSignedIn, setError)
  if (!client.passkeys.isSupported) return null
  const ask = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    offered.pause()
    try {
      onSignedIn(await client.signInWithPasskey())
    } catch (refusal) {
      if (!isDeclined(refusal)) setError(refusal)
      offered.resume()
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={css.ways}>
      <Button variant="default" size="md" fullWidth loading={isBusy} onClick={() => void ask()}>
        {t.signIn.usePasskey}
      </Button>
      {error !== null && <Failure error={error} />}
    </div>
  )
}
