/** The brand's mark and name. The picture is the server's, so that it is the operator's own. */
import type { ReactNode } from 'react'
import { facts } from '../facts.ts'
import css from './shell.module.css'

export function Brand(): ReactNode {
  return (
    <span className={css.brand}>
      <img src="/assets/brand-logo" alt="" width={28} height={28} />
      <span>{facts.name}</span>
    </span>
  )
}
