/** Of one client: what is set by few, shown where it is. */
import type { ClientShape } from '@countersign/protocol'
import type { ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { Fact, Facts, Section } from '../ui/parts.tsx'
import { moreTexts } from './more-texts.ts'

/** Nothing where nothing is set. */
export function MoreFacts({ client }: { readonly client: ClientShape }): ReactNode {
  const words = useTexts(moreTexts)
  const facts: readonly (readonly [label: string, value: string | null])[] = [
    [words.assurance, client.assurance && words.levels[client.assurance]],
    [words.logo, client.logo_uri],
    [words.policy, client.policy_uri],
    [words.terms, client.tos_uri],
    [words.postLogout, client.post_logout_redirect_uris.join(', ') || null],
    [words.backchannel, client.backchannel_logout_uri],
    [words.dpop, client.dpop_bound_access_tokens ? '✓' : null],
    [words.jwksUri, client.jwks_uri],
    [words.jwks, client.jwks?.keys.map(({ kid = '–' }) => kid).join(', ') ?? null],
  ]
  const set = facts.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const]))
  if (set.length === 0) return null
  return (
    <Section title={words.more}>
      <Facts>
        {set.map(([label, value]) => (
          <Fact key={label} label={label}>
            {value}
          </Fact>
        ))}
      </Facts>
    </Section>
  )
}
