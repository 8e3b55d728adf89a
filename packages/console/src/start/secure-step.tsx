/** The first of the first steps: a passkey made on the spot, or an app where the browser makes none; then recovery codes. */
import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { AddApp, type AddAppStep } from '../account/add-app.tsx'
import { makePasskey } from '../account/make-passkey.ts'
import { meQuery, myFactorsQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { CodesDialogue } from '../ui/codes-dialogue.tsx'
import { startTexts } from './texts.ts'

export interface SecureStepProps {
  readonly isSecure: boolean
  /** The codes are kept: on with the next step. */
  readonly onDone: () => void
}

export function SecureStep({ isSecure, onDone }: SecureStepProps): ReactNode {
  const t = useT()
  const words = useTexts(startTexts)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const [app, setApp] = useState<AddAppStep | null>(null)
  const hasPasskeys = client.passkeys.isSupported
  const add = useAction({
    run: () => makePasskey(),
    changes: [myFactorsQuery.queryKey, meQuery.queryKey],
    done: () => t.account.passkeyAdded,
    onDone: ({ recovery_codes: made }) => setCodes(made?.map((code) => code.reveal()) ?? null),
  })
  return (
    <>
      {!isSecure && hasPasskeys && (
        <Button loading={add.isPending} onClick={() => add.mutate()}>
          {words.addPasskey}
        </Button>
      )}
      {!isSecure && (
        <Button variant={hasPasskeys ? 'default' : 'filled'} onClick={() => setApp({ kind: 'name' })}>
          {words.addApp}
        </Button>
      )}
      <AddApp
        step={app}
        onStep={setApp}
        onCodes={(made) => {
          setApp(null)
          setCodes(made)
        }}
      />
      <CodesDialogue codes={codes} onKept={() => setCodes(null)} onGone={onDone} />
    </>
  )
}
