/** What stands in a credential, part by part, without asking anybody. */
import type { Inspection } from '@countersign/client'
import type { ReactNode } from 'react'
import { useSpeech, useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import rows from '../ui/list.module.css'
import { CopyField, Notice } from '../ui/parts.tsx'
import { germanParts } from './german.ts'
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
          <span lang="en">{warning}</span>
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
              <Meaning name={name} english={meaning} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function Meaning({ name, english }: { readonly name: string; readonly english: string }): ReactNode {
  const { language } = useSpeech()
  // A part may be called `constructor`: only the table's own rows count.
  const german = language === 'de' && Object.hasOwn(germanParts, name) ? germanParts[name] : undefined
  return <small lang={german === undefined ? 'en' : 'de'}>{german ?? english}</small>
}
