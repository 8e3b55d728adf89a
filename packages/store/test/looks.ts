/** How tests look at what was written. */
import type { ApiKeyId, GrantId, NodeKind, RevocationEntry, SessionId } from '@countersign/protocol'
import type { Bench } from './bench.ts'
import { NOW } from './given.ts'

export interface SeenEntry {
  readonly kind: NodeKind
  readonly id: string
  readonly effect: 'kill' | 'rule' | 'announce'
}

/** The entries after a position; fails where they are not dense or a rule has another position than its own. */
export async function entriesAfter({ store }: Bench, position: number): Promise<readonly SeenEntry[]> {
  const { head, entries } = await store.readEntries(position, 10_000)
  if (entries.length !== head.position - position) throw new Error('The log has gaps.')
  return entries.map((entry, index) => {
    if (entry.position !== position + index + 1) throw new Error('The log has gaps.')
    return { kind: entry.kind, id: entry.id, effect: effectOf(entry) }
  })
}

function effectOf({ position, issuedBeforePosition }: RevocationEntry): SeenEntry['effect'] {
  if (issuedBeforePosition === undefined) return 'kill'
  if (issuedBeforePosition === 0) return 'announce'
  if (issuedBeforePosition !== position) throw new Error('A rule names another position.')
  return 'rule'
}

/** As core decides it, from what it reads. */
export async function isSessionAlive({ store }: Bench, id: SessionId, nowMs: number = NOW): Promise<boolean> {
  const { found } = await store.readSessionForVerdict(id)
  if (found === null) return false
  const { session, principal } = found
  return (
    session.endedAtMs === null &&
    session.expiresAtMs > nowMs &&
    session.idleExpiresAtMs > nowMs &&
    principal.rights.disabledAtMs === null &&
    session.issuedPosition >= principal.rights.floor
  )
}

export async function isApiKeyAlive({ store }: Bench, id: ApiKeyId, nowMs: number = NOW): Promise<boolean> {
  const { found } = await store.readApiKeyForVerdict(id)
  if (found === null) return false
  const { key, principal } = found
  return (
    key.endedAtMs === null &&
    (key.expiresAtMs === null || key.expiresAtMs > nowMs) &&
    principal.rights.disabledAtMs === null &&
    key.issuedPosition >= principal.rights.floor
  )
}

/** The refresh tokens of a grant, oldest first: generation and when it was used. */
export async function familyOf(
  { rows }: Bench,
  grant: GrantId,
): Promise<readonly { generation: number; digest: string; usedAt: number | null }[]> {
  const found = await rows(
    'select generation, digest, used_at from refresh_tokens where grant_id = $1 order by generation',
    grant,
  )
  return found.map((row) => ({
    generation: Number(row.generation),
    digest: String(row.digest),
    usedAt: row.used_at === null ? null : Number(row.used_at),
  }))
}
