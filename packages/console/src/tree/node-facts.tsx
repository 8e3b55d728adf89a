/** What is known of a node beside its name. */
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import { Permissions } from '../keys/key-row.tsx'
import { Fact, Facts } from '../ui/parts.tsx'
import { Time } from '../ui/time.tsx'
import type { TreeNode } from './nodes.ts'
import css from './tree.module.css'

export function NodeFacts({ node }: { readonly node: TreeNode }): ReactNode {
  switch (node.kind) {
    case 'account':
    case 'service_account':
      return null
    case 'session':
      return <SessionFacts session={node.session} />
    case 'grant':
      return <GrantFacts grant={node.grant} />
    case 'api_key':
      return <KeyFacts apiKey={node.key} />
    case 'access_tokens':
      return <TokensFacts tokens={node.tokens} />
  }
}

type Of<K extends TreeNode['kind']> = Extract<TreeNode, { kind: K }>

function SessionFacts({ session }: { readonly session: Of<'session'>['session'] }): ReactNode {
  const t = useT()
  const where = [session.place, session.last_address ?? session.address].filter((part) => part !== null)
  return (
    <Facts>
      <Fact label={t.account.seen}>
        <Time at={session.last_seen_at} /> {where.length > 0 && `· ${where.join(' · ')}`}
      </Fact>
      <Fact label={t.common.expires}>
        <Time at={session.expires_at} />
      </Fact>
    </Facts>
  )
}

function GrantFacts({ grant }: { readonly grant: Of<'grant'>['grant'] }): ReactNode {
  const t = useT()
  return (
    <>
      <Facts>
        <Fact label={t.common.created}>
          <Time at={grant.created_at} />
        </Fact>
        <Fact label={t.common.expires}>
          <Time at={grant.expires_at} />
        </Fact>
      </Facts>
      <Permissions permissions={grant.permissions} />
    </>
  )
}

function KeyFacts({ apiKey }: { readonly apiKey: Of<'api_key'>['key'] }): ReactNode {
  const t = useT()
  return (
    <>
      <Facts>
        <Fact label={t.common.lastUsed}>
          {apiKey.last_used_at === null ? t.common.never : <Time at={apiKey.last_used_at} />}
        </Fact>
        <Fact label={t.common.expires}>
          {apiKey.expires_at === null ? t.account.noEnd : <Time at={apiKey.expires_at} />}
        </Fact>
      </Facts>
      <Permissions permissions={apiKey.permissions} />
    </>
  )
}

function TokensFacts({ tokens }: { readonly tokens: Of<'access_tokens'>['tokens'] }): ReactNode {
  const t = useT()
  return (
    <>
      <Facts>
        <Fact label={t.console.tokensLatest}>
          <Time at={tokens.latest_at} />
        </Fact>
        <Fact label={t.console.tokensEnd}>
          <Time at={tokens.ends_by} />
        </Fact>
      </Facts>
      <p className={css.about}>{t.console.tokensText}</p>
    </>
  )
}
