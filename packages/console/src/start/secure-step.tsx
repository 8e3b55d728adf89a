/** The first of the first steps: a passkey, made on the spot; an app or codes for whoever cannot. */
import { Button, Modal } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { makePasskey } from '../account/make-passkey.ts'
import { meQuery, myFactorsQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { RecoveryCodes } from '../ui/recovery-codes.tsx'
import { startTexts } from './texts.ts'

export function SecureStep({ isSecure }: { readonly isSecure: boolean }): ReactNode {
  const t = useT()
  const words = useTexts(startTexts)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const add = useAction({
    run: () => makePasskey(),
    changes: [myFactorsQuery.queryKey, meQuery.queryKey],
    done: () => t.account.passkeyAdded,
    onDone: ({ recovery_codes: made }) => setCodes(made?.map((code) => code.reveal()) ?? null),
  })
  return (
    <>
      {!isSecure && client.passkeys.isSupported && (
        <Button loading={add.isPending} onClick={() => add.mutate()}>
          {words.addPasskey}
        </Button>
      )}
      {!isSecure && <Link href="/account/security">{words.otherFactor}</Link>}
      <Modal
        opened={codes !== null}
        onClose={() => setCodes(null)}
        title={t.totp.codesTitle}
        closeOnClickOutside={false}
        closeOnEscape={false}
        withCloseButton={false}
      >
        {codes !== null && <RecoveryCodes codes={codes} onKept={() => setCodes(null)} />}
      </Modal>
    </>
  )
}
