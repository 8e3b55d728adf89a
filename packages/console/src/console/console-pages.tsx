/** The console for administrators. */
import type { ReactNode } from 'react'
import { SignedIn } from '../shell/shell.tsx'

export default function ConsolePages({
  section,
  item,
}: {
  readonly section: string | undefined
  readonly item: string | undefined
}): ReactNode {
  return <SignedIn>{`${section} ${item}`}</SignedIn>
}
