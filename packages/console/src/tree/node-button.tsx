/** One node of the tree: what it is, and enough to tell it from its neighbours. */
import type { ReactNode } from 'react'
import { type Messages, useT } from '../i18n/messages.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { Time } from '../ui/time.tsx'
import type { TreeNode } from './nodes.ts'
import css from './tree.module.css'

export interface NodeButtonProps {
  readonly node: TreeNode
  readonly isChosen: boolean
  readonly onChoose: (node: TreeNode) => void
}

export function NodeButton({ node, isChosen, onChoose }: NodeButtonProps): ReactNode {
  const t = useT()
  return (
    <button
      type="button"
      className={css.node}
      data-kind={node.kind}
      aria-pressed={isChosen}
      onClick={() => onChoose(node)}
    >
      <Icon name={ICONS[node.kind]} size={17} />
      <span className={css.words}>
        <span className={css.name}>{nameOf(node, t)}</span>
        <span className={css.more}>
          {t.console.kinds[node.kind]}
          <Since node={node} />
        </span>
      </span>
    </button>
  )
}

const ICONS: Readonly<Record<TreeNode['kind'], IconName>> = {
  account: 'account',
  service_account: 'bot',
  session: 'desktop',
  grant: 'grant',
  api_key: 'key',
  access_tokens: 'ticket',
}

export function nameOf(node: TreeNode, t: Messages): string {
  switch (node.kind) {
    case 'account':
    case 'service_account':
      return node.name
    case 'session':
      return node.session.device ?? t.account.unknownDevice
    case 'grant':
      return node.grant.client_id
    case 'api_key':
      return node.key.name
    case 'access_tokens':
      return t.console.tokensGiven(node.tokens.count)
  }
}

function Since({ node }: { readonly node: TreeNode }): ReactNode {
  switch (node.kind) {
    case 'account':
    case 'service_account':
      return null
    case 'session':
      return (
        <>
          {' · '}
          <Time at={node.session.last_seen_at} />
        </>
      )
    case 'grant':
      return (
        <>
          {' · '}
          <Time at={node.grant.created_at} />
        </>
      )
    case 'access_tokens':
      return (
        <>
          {' · '}
          <Time at={node.tokens.latest_at} />
        </>
      )
    case 'api_key':
      return node.key.last_used_at === null ? null : (
        <>
          {' · '}
          <Time at={node.key.last_used_at} />
        </>
      )
  }
}
