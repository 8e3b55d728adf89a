/** Recovery codes over the page. It stays until the person says that they are kept: nothing shows them again. */
import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import { RecoveryCodes } from './recovery-codes.tsx'

export interface CodesDialogueProps {
  /** Null while there are none to show. */
  readonly codes: readonly string[] | null
  readonly onKept: () => void
  /** Puts the focus where the person goes on, once it is closed. Without it the focus goes back to where it was. */
  readonly onGone?: () => void
}

export function CodesDialogue({ codes, onKept, onGone }: CodesDialogueProps): ReactNode {
  const t = useT()
  return (
    <Modal
      opened={codes !== null}
      onClose={onKept}
      title={t.totp.codesTitle}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      returnFocus={onGone === undefined}
      {...(onGone !== undefined && { onExitTransitionEnd: onGone })}
    >
      {codes !== null && <RecoveryCodes codes={codes} onKept={onKept} />}
    </Modal>
  )
}
