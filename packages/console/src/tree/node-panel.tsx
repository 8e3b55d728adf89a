/** The chosen node: what it is, what its end would end, and its end itself, with the acknowledgements as they arrive. */
import type { RevokeResponse } from '@countersign/protocol'
import { permissions as own } from '@countersign/protocol'
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { useMay } from '../shell/me.ts'
import { Confirm } from '../ui/confirm.tsx'
import { CopyField, Fact, Facts, Failure } from '../ui/parts.tsx'
import { Acknowledgements } from './acknowledgements.tsx'
import { nameOf } from './node-button.tsx'
import { NodeFacts } from './node-facts.tsx'
import type { Endable, TreeNode } from './nodes.ts'
import css from './tree.module.css'

export function NodePanel({ node, treeOf }: { readonly node: TreeNode; readonly treeOf: string }): ReactNode {
  const t = useT()
  const name = nameOf(node, t)
  return (
    <section className={css.panel} aria-label={`${t.console.kinds[node.kind]}: ${name}`}>
      <h3>{name}</h3>
      <p className={css.more}>{t.console.kinds[node.kind]}</p>
      <NodeFacts node={node} />
      {node.kind !== 'access_tokens' && (
        <>
          <CopyField label={t.common.id} value={node.id} />
          <End node={node} name={name} treeOf={treeOf} />
        </>
      )}
    </section>
  )
}

interface EndProps {
  readonly node: Endable
  readonly name: string
  readonly treeOf: string
}

function End({ node, name, treeOf }: EndProps): ReactNode {
  const t = useT()
  const may = useMay()
  const [isAsking, setAsking] = useState(false)
  const [reason, setReason] = useState('')
  const [begun, setBegun] = useState<RevokeResponse | null>(null)
  const target = { kind: node.kind, id: node.id }
  const revoke = useAction({
    run: () => client.revoke({ target, ...(reason.trim() !== '' && { reason: reason.trim() }) }),
    changes: [['tree', treeOf], ['api-keys'], ['alive']],
    onDone: (answer) => {
      setBegun(answer)
      setAsking(false)
    },
  })
  if (!may(own.revocationsWrite)) return null
  return (
    <>
      {begun === null ? (
        <>
          <Preview node={node} />
          <Button color="danger" onClick={() => setAsking(true)}>
            {t.console.revoke}
          </Button>
        </>
      ) : (
        <Acknowledgements begun={begun} />
      )}
      <Confirm
        title={isAsking ? t.console.revokeTitle(name) : null}
        text={t.console.revokeText}
        verb={t.console.revoke}
        isBusy={revoke.isPending}
        onConfirm={() => revoke.mutate()}
        onClose={() => setAsking(false)}
      >
        <TextInput
          label={t.console.reason}
          value={reason}
          maxLength={200}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </Confirm>
    </>
  )
}

/** A dry run: asked anew whenever the node is chosen, since the tree moves. */
function Preview({ node }: { readonly node: Endable }): ReactNode {
  const t = useT()
  const preview = useQuery({
    queryKey: ['preview', node.id],
    queryFn: () => client.previewRevocation({ kind: node.kind, id: node.id }),
    staleTime: 0,
  })
  if (preview.error !== null) return <Failure error={preview.error} />
  if (preview.data === undefined) return null
  const { ended, used_last_hour: used } = preview.data
  return (
    <Facts>
      <Fact label={t.console.wouldEnd}>
        {t.console.wouldEndCounts(ended.sessions, ended.grants, ended.api_keys)}
      </Fact>
      <Fact label={t.console.usedOfIt}>
        {t.console.wouldEndCounts(used.sessions, used.grants, used.api_keys)}
      </Fact>
    </Facts>
  )
}
