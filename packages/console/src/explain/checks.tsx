/** The checks in their order: what each asked, what it saw, and how far the request came; and how it is mended. */
import { type CheckShape, toMending } from '@countersign/protocol'
import type { ReactNode } from 'react'
import { useSpeech } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { Notice } from '../ui/parts.tsx'
import css from './explain.module.css'
import { germanMending } from './german.ts'
import { explainTexts } from './texts.ts'

const icons: Readonly<Record<CheckShape['verdict'], IconName>> = {
  passed: 'check',
  failed: 'close',
  not_reached: 'dots',
}

export function Checks({ checks }: { readonly checks: readonly CheckShape[] }): ReactNode {
  const words = useTexts(explainTexts)
  return (
    <ol className={css.checks} aria-label={words.checks}>
      {checks.map(({ check, verdict, saw }) => (
        <li key={check} data-verdict={verdict}>
          <span className={css.mark}>
            <Icon name={icons[verdict]} size={14} />
          </span>
          <span className={css.asked}>{words.asks[check]}</span>
          <span className={css.verdict}>{words.verdicts[verdict]}</span>
          {saw !== null && <code className={css.saw}>{saw}</code>}
        </li>
      ))}
    </ol>
  )
}

interface MendProps {
  readonly code: string
  readonly reason: string | null
  /** In English, as the authority says it. */
  readonly mend: string
}

export function Mend({ code, reason, mend }: MendProps): ReactNode {
  const { language } = useSpeech()
  const words = useTexts(explainTexts)
  return (
    <Notice tone="brand" title={words.mend}>
      {language === 'de' ? germanMending[toMending(code, reason)] : mend}
    </Notice>
  )
}
