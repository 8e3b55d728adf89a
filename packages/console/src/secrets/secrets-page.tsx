/** Keys and secrets: what signs, what opens what is stored, and what keys and clients present; how old, and when last used. */
import { permissions as own } from '@countersign/protocol'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { signingKeysQuery } from '../api/admin-queries.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMay } from '../shell/me.ts'
import { PageHeader } from '../ui/parts.tsx'
import { Ages, secretsQuery } from './ages.tsx'
import { SigningKeysSection } from './signing-keys-section.tsx'
import { secretsTexts } from './texts.ts'

export function SecretsPage(): ReactNode {
  const words = useTexts(secretsTexts)
  const may = useMay()
  const keys = useQuery(signingKeysQuery)
  // Asked for with the keys, and shown below them.
  useQuery({ ...secretsQuery, enabled: may(own.settingsRead) })
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} />
      <SigningKeysSection />
      {!keys.isLoading && may(own.settingsRead) && <Ages />}
    </>
  )
}
