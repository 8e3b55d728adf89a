/** How many more may be invited, said only where it begins to matter. */
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { Notice } from '../ui/parts.tsx'
import { invitationsQuery } from './queries.ts'
import { invitationTexts } from './texts.ts'

/** Whoever has more left than this is not near the bound. */
const NEAR = 10

export function Room(): ReactNode {
  const texts = useTexts(invitationTexts)
  const { data } = useInfiniteQuery(invitationsQuery)
  // Every page counts anew; the one that was read last knows best.
  const left = data?.pages.at(-1)?.left
  if (left === undefined || left > NEAR) return null
  return <Notice tone="warn">{texts.left(left)}</Notice>
}
