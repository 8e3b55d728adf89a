/** Says where tokens let nobody in, or nobody needs one, and which setting changes that. */
import { permissions as own, type RegistrationMode } from '@countersign/protocol'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTexts } from '../i18n/texts.ts'
import { useMay } from '../shell/me.ts'
import { CopyField, Notice } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import { registrationTexts } from './texts.ts'

const WITH_TOKENS = 'COUNTERSIGN_CLIENT_REGISTRATION=initial_access_token'

export function ModeNotice({ mode }: { readonly mode: RegistrationMode | undefined }): ReactNode {
  const words = useTexts(registrationTexts)
  const may = useMay()
  if (mode === undefined || mode === 'initial_access_token') return null
  return (
    <div className={css.spaced}>
      <Notice tone="warn" title={words[mode]}>
        <div className={css.stack}>
          <span>{mode === 'off' ? words.offText : words.openText}</span>
          <CopyField label={words.setting} value={WITH_TOKENS} />
          {may(own.settingsRead) && (
            <span>
              {words.offMeans} <Link href="/console/settings?q=CLIENT_REGISTRATION">{words.toSettings}</Link>
            </span>
          )}
        </div>
      </Notice>
    </div>
  )
}
