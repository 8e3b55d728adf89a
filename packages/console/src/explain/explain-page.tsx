/** Why a request was refused, and what becomes of a credential at every check: by a decision id, or by pasting it. */
import type { ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { PageHeader } from '../ui/parts.tsx'
import { CredentialSection } from './credential-section.tsx'
import { DecisionSection } from './decision-section.tsx'
import { explainTexts } from './texts.ts'

export function ExplainPage(): ReactNode {
  const words = useTexts(explainTexts)
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} />
      <DecisionSection />
      <CredentialSection />
    </>
  )
}
