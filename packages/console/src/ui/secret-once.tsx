/** A secret that is shown this once: the dialogue stays until the person says that it is kept. */
import type { Secret } from '@countersign/client'
import { Button, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import { CopyField, Notice } from './parts.tsx'
import css from './ui.module.css'

export interface SecretOnceProps {
  /** What it is, for screen readers. */
  readonly label: string
  /** Null while there is none to show. */
  readonly secret: Secret | null
  /** Beside the secret: what else is needed to use it. */
  readonly children?: ReactNode
  readonly onKept: () => void
}

export function SecretOnce({ label, secret, children, onKept }: SecretOnceProps): ReactNode {
  const t = useT()
  return (
    <Modal
      opened={secret !== null}
      onClose={onKept}
      title={t.account.secretTitle}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      {secret !== null && (
        <div className={css.stack}>
          <Notice tone="warn">{t.account.secretLead}</Notice>
          <CopyField label={label} value={secret.reveal()} />
          {children}
          <div className={css.buttons}>
            <Button onClick={onKept}>{t.account.secretKept}</Button>
          </div>
        </div>
      )}
    </Modal>
  )
}
