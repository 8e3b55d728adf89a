/** The brand's mark and name. The picture is the server's, so that it is the operator's own. Drawn by theme/first.css. */
import type { ReactNode } from 'react'
import { facts } from '../facts.ts'

export function Brand(): ReactNode {
  return (
    <span className="first-brand">
      <img src="/assets/brand-logo" alt="" width={28} height={28} />
      <span>{facts.name}</span>
    </span>
  )
}
