/** Keys and secrets: what signs, what opens what is stored, and what keys and clients present; how old, and when last used. */
import { permissions as own } from '@countersign/protocol'
import type { ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { useMay } from '../shell/me.ts'
import { PageHeader } from '../ui/parts.tsx'
import { Ages } from './ages.tsx'
import { SigningKeysSection } from './signing-keys-section.tsx'
import { secretsTexts } from './texts.ts'

export function SecretsPage(): ReactNode {
  const words = useTexts(secretsTexts)
  const may = useMay()
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} />
      <SigningKeysSection />
      {may(own.settingsRead) && <Ages />}
    </>
  )
}
