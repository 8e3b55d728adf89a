/** What tests do to the store again and again, with defaults that succeed. */
import type { AuditEvent, Store } from '@countersign/core'
import type { PathNode } from '@countersign/protocol'
import type { Bench } from './bench.ts'
import { change, DAY, digestOf, type Family, makeEvent, makeId, NOW, SECOND } from './given.ts'

export const GRACE: number = 30 * SECOND

export interface Presenting {
  readonly nowMs?: number
  readonly graceMs?: number
  readonly expiresAtMs?: number
  readonly digest?: string
  readonly auditReuse?: AuditEvent
}

/** Presents one generation of a family's refresh tokens, to be followed by the next. */
export function present(
  { store }: Bench,
  { grant }: Pick<Family, 'grant'>,
  generation: number,
  over: Presenting = {},
): ReturnType<Store['rotateRefreshToken']> {
  return store.rotateRefreshToken({
    grant: grant.id,
    digest: digestOf(grant, generation),
    generation,
    successorDigest: digestOf(grant, generation + 1),
    expiresAtMs: NOW + DAY,
    ...change(),
    graceMs: GRACE,
    auditReuse: makeEvent({ type: 'grant.reuse_detected' }),
    ...over,
  })
}

/** Presents the refresh token of a generation, which stays the same. */
export function keep(
  { store }: Bench,
  { grant }: Pick<Family, 'grant'>,
  generation: number,
  over: Partial<Parameters<Store['keepRefreshToken']>[0]> = {},
): ReturnType<Store['keepRefreshToken']> {
  return store.keepRefreshToken({
    grant: grant.id,
    digest: digestOf(grant, generation),
    generation,
    expiresAtMs: NOW + DAY,
    ...change(),
    auditReuse: makeEvent({ type: 'grant.reuse_detected' }),
    ...over,
  })
}

/** Revokes a node at `nowMs`. */
export function revoke({ store }: Bench, node: PathNode, nowMs: number = NOW): ReturnType<Store['revoke']> {
  return store.revoke({ id: makeId('rev'), node, ...change(), nowMs })
}
