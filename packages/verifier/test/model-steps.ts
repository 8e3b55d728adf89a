/** What can happen in the world of `model.ts`, and the small tools that it is told with. */
import { type NodeKind, nodeKinds, type PathNode, type RevocationEntry } from '@countersign/protocol'
import { ISSUER, newId } from './given.ts'

/** Rules that the world can break on purpose, to show that the truth notices. */
export type Mutation = 'lease_from_receipt' | 'state_before_head' | 'mint_head_last' | 'entries_lost' | null

export type Step =
  | { readonly do: 'revoke'; readonly which: number; readonly node: number; readonly isRule: boolean }
  | { readonly do: 'issue'; readonly kind: 'access_token' | 'session' | 'api_key' }
  | { readonly do: 'check'; readonly which: number }
  | { readonly do: 'new_epoch' }
  | { readonly do: 'renewals'; readonly work: boolean }
  | { readonly do: 'advance' | 'jump' | 'suspend'; readonly ms: number }
  | WireStep

export type WireStep =
  | { readonly do: 'poll' | 'answer_poll' | 'answer_ask' | 'fail_ask' }
  | { readonly do: 'deliver_poll' | 'deliver_ask' | 'finish_signature'; readonly which: number }

export interface Credential {
  readonly text: string
  readonly path: readonly PathNode[]
  readonly epoch: string
  readonly issuedPosition: number
  /** When it is over without anybody's doing, in the authority's time; null for opaque ones. */
  readonly expiresAtMs: number | null
}

export interface Commit {
  readonly entry: RevocationEntry
  readonly epoch: string
  readonly committedAtMs: number
}

export type Nodes = Partial<Record<NodeKind, string>>

/** How often checks ended in which way. */
export type Counts = Record<'accepted' | 'mustRefuse' | 'refused' | 'undecided', number>

export const toAge = (epoch: string): number => Number(epoch.slice('epoch-'.length))

export const newNodes = (): Nodes => ({ account: newId('acc'), role: 'member', issuer: ISSUER })

export const toBase64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export const at = <T>(list: readonly T[], which: number): T | undefined =>
  list[which % Math.max(list.length, 1)]

export function pickFrom<T>(list: T[], which: number): T | undefined {
  return list.splice(which % Math.max(list.length, 1), 1)[0]
}

export function toPath(ids: Nodes): readonly PathNode[] {
  return nodeKinds.flatMap((kind) => {
    const id = ids[kind]
    return id === undefined ? [] : [{ kind, id }]
  })
}
