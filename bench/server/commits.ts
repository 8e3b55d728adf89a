/** The least that a token costs: one ES256 signature and one durable commit through the store's own engine. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { join } from 'node:path'
import type { AuditEvent } from '@countersign/core'
import { toId } from '@countersign/protocol'
import { type OpenStore, openSqliteStore } from '@countersign/store'

/** As long as the header and claims of a session's access token. */
const SIGNED_BYTES = 640

export interface Commits {
  /** Signs and commits in `tasks` loops until the time is over; answers how often. */
  run(tasks: number, untilMs: number): Promise<number>
  close(): Promise<void>
}

export async function openCommits(folder: string): Promise<Commits> {
  const store = await openSqliteStore({
    file: join(folder, 'commits.db'),
    epoch: 'bench',
    nowMs: Date.now(),
  })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signed = randomBytes(SIGNED_BYTES)
  return {
    async run(tasks, untilMs) {
      let operations = 0
      const loop = async (): Promise<void> => {
        for (; performance.now() < untilMs; operations += 1) await signAndCommit(store, privateKey, signed)
      }
      await Promise.all(Array.from({ length: tasks }, loop))
      return operations
    },
    close: () => store.close(),
  }
}

async function signAndCommit(store: OpenStore, key: KeyObject, signed: Buffer): Promise<void> {
  sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' })
  await store.appendAudit([toEvent(Date.now())])
}

/** A row of the audit log is the smallest thing that the store writes by itself. */
export function toEvent(nowMs: number): AuditEvent {
  return {
    id: toId('evt', nowMs, randomBytes(10)),
    atMs: nowMs,
    type: 'bench.committed',
    outcome: 'success',
    actor: { kind: 'system', id: null, credential: null },
    target: null,
    address: null,
    requestId: null,
    details: {},
  }
}
