/** Recovery codes, shown this once, until the person says that they are kept. */
import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import { Icon } from './icon.tsx'
import css from './totp.module.css'

export interface RecoveryCodesProps {
  readonly codes: readonly string[]
  /** On a page of their own they bring its title; in a dialogue it has one. */
  readonly isPage?: boolean
  readonly onKept: () => void
}

export function RecoveryCodes({ codes, isPage = false, onKept }: RecoveryCodesProps): ReactNode {
  const t = useT()
  const clipboard = useClipboard({ timeout: 2_000 })
  return (
    <div className={css.form}>
      <div>
        {isPage && <h1 className={css.title}>{t.totp.codesTitle}</h1>}
        <p className={css.lead}>{t.totp.codesLead}</p>
      </div>
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
