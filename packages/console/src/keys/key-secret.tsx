/** The secret of a new or rotated key. It is shown this once, so the dialogue stays until the person says it is kept. */
import type { ApiKeyWithSecret } from '@countersign/client'
import { Button, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import { CopyField, Notice } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'

export function KeySecret({
  made,
  onKept,
}: {
  readonly made: ApiKeyWithSecret | null
  readonly onKept: () => void
}): ReactNode {
  const t = useT()
  return (
    <Modal
      opened={made !== null}
      onClose={onKept}
      title={t.account.secretTitle}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      {made !== null && (
        <div className={css.stack}>
          <Notice tone="warn">{t.account.secretLead}</Notice>
          <CopyField label={t.account.secret} value={made.secret.reveal()} />
          <div className={css.buttons}>
            <Button onClick={onKept}>{t.account.secretKept}</Button>
          </div>
        </div>
      )}
    </Modal>
  )
}
