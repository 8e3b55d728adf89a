/** What stands in a credential, part by part, without asking anybody. */
import type { Inspection } from '@countersign/client'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import rows from '../ui/list.module.css'
import { CopyField, Notice } from '../ui/parts.tsx'
import { explainTexts } from './texts.ts'

export function Inspected({ inspection }: { readonly inspection: Inspection }): ReactNode {
  const t = useT()
  const words = useTexts(explainTexts)
  const { wellFormed, warnings, id, parts } = inspection
  return (
    <>
      <Notice tone={wellFormed ? 'good' : 'danger'}>{wellFormed ? words.wellFormed : words.malformed}</Notice>
      {warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
      {id !== null && <CopyField label={t.common.id} value={id} />}
      <dl className={rows.parts}>
        {parts.map(({ name, value, meaning }) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              {value}
              <small>{meaning}</small>
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}
