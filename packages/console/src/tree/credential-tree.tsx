/**
 * The credential tree of one principal, live: choose a node, see what its end would end, end it, and watch the
 * verifiers acknowledge. What ends anywhere leaves the picture by itself.
 */
import { permissions as own } from '@countersign/protocol'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { apiKeysQuery } from '../api/account-queries.ts'
import { treeQuery } from '../api/admin-queries.ts'
import { useT } from '../i18n/messages.ts'
import { useMay } from '../shell/me.ts'
import { Failure, Notice, Section } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { NodeButton } from './node-button.tsx'
import { NodePanel } from './node-panel.tsx'
import { type Branch, type TreeNode, toBranches } from './nodes.ts'
import css from './tree.module.css'

export interface CredentialTreeProps {
  readonly kind: 'account' | 'service_account'
  readonly id: string
  readonly name: string
}

export function CredentialTree({ kind, id, name }: CredentialTreeProps): ReactNode {
  const t = useT()
  const may = useMay()
  const tree = useQuery({ ...treeQuery(kind, id), enabled: may(own.sessionsRead) })
  const keys = useQuery({ ...apiKeysQuery(id), enabled: may(own.apiKeysRead), refetchInterval: 4_000 })
  const root: TreeNode = { kind, id, name }
  const [asked, setAsked] = useState<TreeNode>(root)
  if (!may(own.sessionsRead)) return null
  const isWaiting = tree.isPending || keys.isLoading
  const branches = tree.data === undefined ? [] : toBranches(id, tree.data, keys.data?.items ?? [])
  // What was renamed meanwhile has its new name; what has ended is still told about.
  const chosen = asked.id === id ? root : (findNode(branches, asked.id) ?? asked)
  return (
    <Section title={t.console.tree} lead={t.console.treeLead}>
      {isWaiting && <RowsSkeleton rows={3} />}
      {tree.error !== null && <Failure error={tree.error} onRetry={() => void tree.refetch()} />}
      {tree.data !== undefined && !isWaiting && (
        <div className={css.stage}>
          <div className={css.tree}>
            <NodeButton node={root} isChosen={chosen.id === id} onChoose={setAsked} />
            <Branches branches={branches} chosen={chosen} onChoose={setAsked} />
            {branches.length === 0 && <p className={css.nothing}>{t.console.treeEmpty}</p>}
            {!tree.data.grants_complete && <Notice tone="warn">{t.console.treeCut}</Notice>}
            {!tree.data.access_tokens_complete && <Notice tone="brand">{t.console.tokensCut}</Notice>}
          </div>
          <NodePanel key={chosen.id} node={chosen} treeOf={id} />
        </div>
      )}
    </Section>
  )
}

function findNode(branches: readonly Branch[], id: string): TreeNode | null {
  for (const { node, under } of branches) {
    const found = node.id === id ? node : findNode(under, id)
    if (found !== null) return found
  }
  return null
}

interface BranchesProps {
  readonly branches: readonly Branch[]
  readonly chosen: TreeNode
  readonly onChoose: (node: TreeNode) => void
}

function Branches({ branches, chosen, onChoose }: BranchesProps): ReactNode {
  if (branches.length === 0) return null
  return (
    <ul className={css.branches}>
      {branches.map(({ node, under }) => (
        <li key={node.id}>
          <NodeButton node={node} isChosen={chosen.id === node.id} onChoose={onChoose} />
          <Branches branches={under} chosen={chosen} onChoose={onChoose} />
        </li>
      ))}
    </ul>
  )
}
