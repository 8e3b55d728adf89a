/**
 * What people have a node do, with the record of when it truly happened: signing in, making keys, minting,
 * revoking. Minting reads the log's head before the rows that allow the token (lease protocol, rule 6).
 */
import type { AccessTokenClaims, PathNode } from '@countersign/protocol'
import type { Node } from './authority.ts'
import { AUDIENCE, ISSUER, signToken, spellOpaque } from './credentials.ts'
import type { Database, Principal } from './database.ts'
import { isNode } from './judge-hits.ts'
import type { Credential, Revocation } from './record.ts'
import type { Stage } from './stage.ts'

const isAccount = (id: string): id is `acc_${string}` => id.startsWith('acc_')
const isService = (id: string): id is `svc_${string}` => id.startsWith('svc_')

type Draft = Omit<Credential, 'number' | 'lostAtMs'>

function record(stage: Stage, draft: Draft): Credential {
  const credential = { ...draft, number: stage.history.credentials.length + 1, lostAtMs: null }
  stage.history.credentials.push(credential)
  return credential
}

function versionsOf(database: Database, roles: readonly string[]): Map<string, number> {
  return new Map(roles.map((role) => [role, database.rows.roles.get(role)?.version ?? 0]))
}

const toPath = ({ kind, id, roles }: Principal): PathNode[] => [
  { kind: 'issuer', id: ISSUER },
  { kind, id },
  ...roles.map((role): PathNode => ({ kind: 'role', id: role })),
]

/** Opens a session, or makes an API key; null where its principal was ruled over meanwhile. */
export async function openHolder(
  stage: Stage,
  node: Node,
  kind: 'session' | 'api_key',
  principalId: string,
): Promise<Credential | null> {
  const { world, random } = stage
  const id = `${kind === 'session' ? 'ses' : 'key'}_${random.name(26)}`
  const text = spellOpaque(kind, id, random)
  const allowed = await node.line.query((database) => {
    const principal = database.rows.principals.get(principalId)
    const { epoch, position } = database.head()
    return principal && { principal, epoch, position, atMs: world.nowMs }
  })
  if (allowed === undefined) return null
  const { principal, epoch, position, atMs } = allowed
  return node.line.query((database) => {
    const holder = { id, kind, principal: principalId, position, ended: false }
    if (database.head().epoch !== epoch || !database.addHolder(holder)) return null
    return record(stage, {
      kind,
      text,
      id,
      path: [...toPath(principal), { kind, id }],
      versions: versionsOf(database, principal.roles),
      allowedAtMs: atMs,
      epoch,
      position,
      expiresAtMs: null,
    })
  })
}

export interface MintOrder {
  readonly holder: Credential
  readonly client: string
}

/** A token under a session or an API key; null where that is dead. */
export async function mint(
  stage: Stage,
  node: Node,
  { holder, client }: MintOrder,
): Promise<Credential | null> {
  const head = await node.line.query((database) => database.head())
  const read = await node.line.query((database) => readAllowed(stage, database, holder))
  if (read === null) return null
  const { principal, versions, allowedAtMs } = read
  const key = node.keys.current()
  const iat = Math.floor(node.process.clock.nowMs() / 1000)
  const jti = `jwt_${stage.random.name(26)}` as const
  const claims: AccessTokenClaims = {
    iss: ISSUER,
    sub: toSubject(principal.id),
    aud: AUDIENCE,
    iat,
    exp: iat + node.policy.lifetimeSeconds,
    jti,
    client_id: client,
    scope: [...versions].map(([role, version]) => `${role}:v${version}`).join(' '),
    roles: principal.roles,
    ...(holder.kind === 'session'
      ? { sid: `ses_${holder.id.slice(4)}` }
      : { akid: `key_${holder.id.slice(4)}` }),
    epoch: head.epoch,
    pos: head.position,
  }
  return record(stage, {
    kind: 'access_token',
    text: signToken(key, claims),
    id: jti,
    path: [
      ...toPath(principal),
      { kind: 'signing_key', id: key.id },
      { kind: 'client', id: client },
      { kind: holder.kind, id: holder.id },
      { kind: 'access_token', id: jti },
    ],
    versions,
    allowedAtMs,
    epoch: head.epoch,
    position: head.position,
    expiresAtMs: stage.world.nowMs + claims.exp * 1000 - node.process.clock.nowMs(),
  })
}

function toSubject(id: string): AccessTokenClaims['sub'] {
  if (isAccount(id) || isService(id)) return id
  throw new Error(`${id} is nobody.`)
}

function readAllowed(
  { world }: Stage,
  database: Database,
  { id }: Credential,
): { principal: Principal; versions: Map<string, number>; allowedAtMs: number } | null {
  const holder = database.rows.holders.get(id)
  const principal = holder && database.rows.principals.get(holder.principal)
  if (holder === undefined || principal === undefined || holder.ended) return null
  if (holder.position < database.floorOf(principal)) return null
  return { principal, versions: versionsOf(database, principal.roles), allowedAtMs: world.nowMs }
}

export interface RevokeOrder {
  readonly node: PathNode
  readonly narrow: boolean
  readonly waitMs: number
  readonly onCommit: (revocation: Revocation) => void
  /** In the very step in which it is said to be confirmed. */
  readonly onConfirmed: (revocation: Revocation) => void
}

const isRuled = ({ kind }: PathNode): boolean =>
  isNode(kind, ['account', 'service_account', 'role', 'client', 'issuer'])

export function recordRevocation(
  stage: Stage,
  by: string,
  order: Pick<Revocation, 'node' | 'effect' | 'waitMs'>,
): Revocation {
  const revocation: Revocation = {
    ...order,
    number: stage.history.revocations.length + 1,
    by,
    begunAtMs: stage.world.nowMs,
    version: 0,
    epoch: '',
    position: 0,
    committedAtMs: null,
    confirmedAtMs: null,
    endedAtMs: null,
    lostAtMs: null,
  }
  stage.history.revocations.push(revocation)
  return revocation
}

/** As the real route does it: commit, follow the log up to it, wait. */
export async function revoke(stage: Stage, node: Node, by: string, order: RevokeOrder): Promise<void> {
  const { world } = stage
  const { node: target, narrow, waitMs, onCommit, onConfirmed } = order
  const effect = narrow ? 'narrow' : isRuled(target) ? 'rule' : 'kill'
  const revocation = recordRevocation(stage, by, { node: target, effect, waitMs })
  try {
    const nowMs = node.process.clock.nowMs()
    const position = await node.line.query((database) => {
      const committed = narrow ? database.changeRole(target.id, nowMs) : database.revoke(target, nowMs)
      if (committed === null) return null
      revocation.committedAtMs = world.nowMs
      revocation.position = committed
      revocation.epoch = database.head().epoch
      revocation.version = database.rows.roles.get(target.id)?.version ?? 0
      onCommit(revocation)
      return committed
    })
    if (position === null) return
    await node.feed.committed()
    node.confirmations.committed(position)
    if (target.kind === 'signing_key') await node.replaceKey()
    const { confirmed } = await node.confirmations.wait(position, waitMs)
    if (confirmed) {
      revocation.confirmedAtMs = world.nowMs
      onConfirmed(revocation)
    }
  } catch (error) {
    stage.note(
      `${by}: R${revocation.number} failed: ${error instanceof Error ? error.message : String(error)}`,
    )
  } finally {
    revocation.endedAtMs = world.nowMs
  }
}
