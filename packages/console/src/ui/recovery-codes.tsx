/** Recovery codes, shown this once, until the person says that they are kept. */
import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import { Icon } from './icon.tsx'
import css from './totp.module.css'

export interface RecoveryCodesProps {
  readonly codes: readonly string[]
  readonly onKept: () => void
}

export function RecoveryCodes({ codes, onKept }: RecoveryCodesProps): ReactNode {
  const t = useT()
  const clipboard = useClipboard({ timeout: 2_000 })
  return (
    <div className={css.form}>
      <p className={css.lead}>{t.totp.codesLead}</p>
      <ol className={css.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className={css.buttons}>
        <Button
          variant="default"
          leftSection={<Icon name={clipboard.copied ? 'check' : 'copy'} size={16} />}
          onClick={() => clipboard.copy(codes.join('\n'))}
        >
          {clipboard.copied ? t.common.copied : t.totp.copyAll}
        </Button>
        <Button onClick={onKept}>{t.totp.codesKept}</Button>
      </div>
    </div>
  )
}
