/** In place of a page about one thing that cannot be read: what is in the way, and the way back to the list it stands in. */
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { isProblem } from '../api/problems.ts'
import { useT } from '../i18n/messages.ts'
import { Empty, Failure, PageHeader, Section } from './parts.tsx'

export interface MissingProps {
  readonly error: unknown
  /** The list, by its name and its address. */
  readonly list: { readonly text: string; readonly href: string }
  readonly onRetry: () => void
}

export function Missing({ error, list, onRetry }: MissingProps): ReactNode {
  const t = useT()
  return (
    <>
      <PageHeader title={list.text} />
      {isProblem(error, 'not_found') ? (
        <Section isFlush>
          <Empty
            icon="search"
            title={t.common.missing}
            text={t.common.missingText}
            action={<Link href={list.href}>{t.common.backTo(list.text)}</Link>}
          />
        </Section>
      ) : (
        <Failure error={error} onRetry={onRetry} />
      )}
    </>
  )
}
