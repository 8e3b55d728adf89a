/** What stands at an address that means nothing. */
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useT } from '../i18n/messages.ts'
import { Brand } from './brand.tsx'
import css from './shell.module.css'

export function NotFound(): ReactNode {
  const t = useT()
  return (
    <main className={css.alone}>
      <Brand />
      <h1 tabIndex={-1}>{t.common.notFound}</h1>
      <Link href="/account">{t.common.home}</Link>
    </main>
  )
}
