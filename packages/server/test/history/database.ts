/**
 * The simulated shared database: rows with the positions before which what hangs under them is dead, and the log.
 * Every method is one transaction at one moment, so that positions are dense and in the order of commits.
 */
import type { LogHead, LogPage, SigningKey, SigningKeyDraft, SigningKeyState } from '@countersign/core'
import type { NodeKind, PathNode, RevocationEntry } from '@countersign/protocol'

export interface Principal {
  readonly id: string
  readonly kind: 'account' | 'service_account'
  readonly roles: readonly string[]
  floor: number
}

export interface Role {
  readonly id: string
  /** Stands in the permissions of whoever has the role. */
  version: number
  floor: number
}

/** A session or an API key. */
export interface Holder {
  readonly id: string
  readonly kind: 'session' | 'api_key'
  readonly principal: string
  /** The head that was read before the rows that allowed it. */
  readonly position: number
  ended: boolean
}

export interface Rows {
  epoch: string
  position: number
  issuerFloor: number
  prunedUntilMs: number | null
  followedAtMs: number | null
  entries: RevocationEntry[]
  readonly principals: Map<string, Principal>
  readonly roles: Map<string, Role>
  readonly clients: Map<string, { floor: number }>
  readonly holders: Map<string, Holder>
  readonly signingKeys: Map<string, SigningKey>
  readonly deadTokens: Set<string>
}

export type Effect = 'kill' | 'rule' | 'announce'

/** Entries stay so long after they have expired: the longest lease (lease protocol, rule 10). */
const LEASE_MS_MAX = 60_000

export class Database {
  #rows: Rows
  readonly issuer: string
  /** How long entries are kept, by the clock of whoever writes them. */
  readonly #keepMs: number

  constructor(issuer: string, epoch: string, keepMs: number) {
    this.issuer = issuer
    this.#keepMs = keepMs
    this.#rows = {
      epoch,
      position: 0,
      issuerFloor: 0,
      prunedUntilMs: null,
      followedAtMs: null,
      entries: [],
      principals: new Map(),
      roles: new Map(),
      clients: new Map(),
      holders: new Map(),
      signingKeys: new Map(),
      deadTokens: new Set(),
    }
  }

  get rows(): Rows {
    return this.#rows
  }

  head(): LogHead {
    return { epoch: this.#rows.epoch, position: this.#rows.position }
  }

  readEntries(position: number, limit: number): LogPage {
    const { followedAtMs, prunedUntilMs, entries } = this.#rows
    const page: RevocationEntry[] = []
    for (const entry of entries) {
      if (page.length >= limit) break
      if (entry.position > position) page.push(entry)
    }
    return { head: this.head(), followedAtMs, prunedUntilMs, entries: page }
  }

  markFollowed(nowMs: number): void {
    this.#rows.followedAtMs ??= nowMs
  }

  append(node: PathNode, effect: Effect, nowMs: number, keepMs: number = this.#keepMs): number {
    const rows = this.#rows
    rows.position += 1
    const { position } = rows
    const issuedBeforePosition = effect === 'rule' ? position : 0
    rows.entries.push({
      position,
      ...node,
      ...(effect !== 'kill' && { issuedBeforePosition }),
      expiresAtMs: nowMs + keepMs,
    })
    return position
  }

  /** Ends a node, or everything issued under it so far. Null where there is no such node. */
  revoke(node: PathNode, nowMs: number): number | null {
    const rows = this.#rows
    const under = this.#ruled(node)
    if (under === null && !this.#kill(node)) return null
    const position = this.append(node, under === null ? 'kill' : 'rule', nowMs)
    if (node.kind === 'issuer') rows.issuerFloor = position
    else if (under !== null) under.floor = position
    return position
  }

  #ruled({ kind, id }: PathNode): { floor: number } | null {
    const { principals, roles, clients, issuerFloor } = this.#rows
    if (kind === 'account' || kind === 'service_account') return principals.get(id) ?? null
    if (kind === 'role') return roles.get(id) ?? null
    if (kind === 'client') return clients.get(id) ?? null
    return kind === 'issuer' ? { floor: issuerFloor } : null
  }

  #kill({ kind, id }: PathNode): boolean {
    const { holders, signingKeys, deadTokens } = this.#rows
    const kills: Partial<Record<NodeKind, () => boolean>> = {
      session: () => this.#end(holders.get(id)),
      api_key: () => this.#end(holders.get(id)),
      access_token: () => deadTokens.add(id).size > 0,
      signing_key: () => {
        const key = signingKeys.get(id)
        if (key !== undefined) signingKeys.set(id, { ...key, state: 'removed' })
        return key !== undefined
      },
    }
    return kills[kind]?.() ?? false
  }

  #end(holder: Holder | undefined): boolean {
    if (holder !== undefined) holder.ended = true
    return holder !== undefined
  }

  /** Changes what the role allows: tokens and verdicts under it are to be made anew. */
  changeRole(id: string, nowMs: number): number | null {
    const role = this.#rows.roles.get(id)
    if (role === undefined) return null
    role.version += 1
    return this.append({ kind: 'role', id }, 'rule', nowMs)
  }

  /** The greatest position before which this principal's credentials are dead. */
  floorOf(principal: Principal): number {
    const roles = principal.roles.map((id) => this.#rows.roles.get(id)?.floor ?? 0)
    return Math.max(this.#rows.issuerFloor, principal.floor, ...roles)
  }

  /** Opens a session or makes an API key, if its principal is still what it was at that position. */
  addHolder(holder: Holder): boolean {
    const principal = this.#rows.principals.get(holder.principal)
    if (principal === undefined || this.floorOf(principal) > holder.position) return false
    this.#rows.holders.set(holder.id, holder)
    return true
  }

  addSigningKey(key: SigningKeyDraft, onlyIfNone: readonly SigningKeyState[]): boolean {
    const { signingKeys } = this.#rows
    if ([...signingKeys.values()].some(({ state }) => onlyIfNone.includes(state))) return false
    signingKeys.set(key.id, { ...key, publishedPosition: this.#announce(key.id, key.createdAtMs) })
    return true
  }

  promoteSigningKey(id: string, nowMs: number): boolean {
    const { signingKeys } = this.#rows
    const next = signingKeys.get(id)
    if (next?.state !== 'next') return false
    for (const key of signingKeys.values()) {
      if (key.state === 'current') signingKeys.set(key.id, { ...key, state: 'previous', demotedAtMs: nowMs })
    }
    signingKeys.set(id, { ...next, state: 'current', promotedAtMs: nowMs })
    this.#announce(id, nowMs)
    return true
  }

  #announce(id: string, nowMs: number): number {
    return this.append({ kind: 'signing_key', id }, 'announce', nowMs)
  }

  startEpoch(epoch: string, nowMs: number): LogHead {
    this.#rows.epoch = epoch
    this.#rows.issuerFloor = this.append({ kind: 'issuer', id: 'epoch' }, 'rule', nowMs, 0)
    return this.head()
  }

  prune(nowMs: number): number {
    const rows = this.#rows
    const beforeMs = nowMs - LEASE_MS_MAX
    const gone = rows.entries.filter(({ expiresAtMs }) => expiresAtMs <= beforeMs)
    if (gone.length === 0) return 0
    rows.entries = rows.entries.filter(({ expiresAtMs }) => expiresAtMs > beforeMs)
    rows.prunedUntilMs = Math.max(rows.prunedUntilMs ?? 0, ...gone.map(({ expiresAtMs }) => expiresAtMs))
    return gone.length
  }

  backUp(): Rows {
    return structuredClone(this.#rows)
  }

  restore(rows: Rows): void {
    this.#rows = structuredClone(rows)
  }
}
