/** Who has applied the change up to a position of the log: followed until everybody has. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { verifiersUntilQuery } from '../api/admin-queries.ts'
import { VerifierList } from '../console/verifier-list.tsx'
import { useTexts } from '../i18n/texts.ts'
import css from './secrets.module.css'
import { secretsTexts } from './texts.ts'

export function Applied({ position }: { readonly position: number }): ReactNode {
  const words = useTexts(secretsTexts)
  const { data } = useQuery(verifiersUntilQuery(position))
  if (data === undefined) return null
  const applied = data.items.filter((one) => one.position >= position).length
  const isDone = applied === data.items.length
  return (
    <section className={css.applied} aria-label={words.applied} data-done={isDone}>
      <strong role="status">
        {isDone ? words.allApplied : words.someApplied(applied, data.items.length)}
      </strong>
      <progress value={applied} max={Math.max(1, data.items.length)} aria-label={words.applied} />
      <VerifierList verifiers={data.items} position={position} />
    </section>
  )
}
