/** What somebody should look at, the gravest first, each with the way to where it is mended. */
import type { AttentionShape } from '@countersign/protocol'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTexts } from '../i18n/texts.ts'
import { Icon } from '../ui/icon.tsx'
import { Notice, Section } from '../ui/parts.tsx'
import css from './overview.module.css'
import { overviewTexts } from './texts.ts'

export function Attention({ attention }: { readonly attention: AttentionShape }): ReactNode {
  const words = useTexts(overviewTexts)
  const bare = attention.administrators_without_factor
  const items = [
    {
      count: bare.length,
      tone: 'danger',
      text: words.administrators,
      href: bare.length === 1 ? `/console/people/${bare[0]?.id}` : '/console/people',
    },
    { count: attention.mails_waiting, tone: 'danger', text: words.mailsWaiting, href: '/console/settings' },
    { count: attention.mails_failed, tone: 'warn', text: words.mailsFailed, href: '/console/settings' },
    { count: attention.keys_unused, tone: 'warn', text: words.keysUnused, href: '/console/keys' },
    { count: attention.keys_old, tone: 'warn', text: words.keysOld, href: '/console/keys' },
    { count: attention.clients_old, tone: 'warn', text: words.clientsOld, href: '/console/clients' },
    { count: attention.keys_endless, tone: 'neutral', text: words.keysEndless, href: '/console/keys' },
  ].filter(({ count }) => count > 0)
  if (items.length === 0) {
    return (
      <div className={css.well}>
        <Notice tone="good">{words.allWell}</Notice>
      </div>
    )
  }
  return (
    <Section title={words.attention} isFlush>
      <ul className={css.attention}>
        {items.map(({ count, tone, text, href }) => {
          const said = text(count)
          return (
            <li key={said} data-tone={tone}>
              <Icon name={tone === 'neutral' ? 'clock' : 'alert'} />
              <span>
                {said}
                {href === '/console/people' && <small>{bare.map(({ email }) => email).join(', ')}</small>}
              </span>
              <Link href={href} aria-label={`${words.look}: ${said}`}>
                {words.look}
              </Link>
            </li>
          )
        })}
      </ul>
    </Section>
  )
}
