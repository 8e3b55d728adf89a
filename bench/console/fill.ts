/** A hundred thousand people and their keys, through the store's own transactions, many at once so that they commit together. */
import type { Account, ApiKey, AuditEvent } from '@countersign/core'
import { type AccountId, ID_RANDOM_BYTES, toId } from '@countersign/protocol'
import { openSqliteStore } from '@countersign/store'
import { toEvent } from '../server/commits.ts'

const AT_ONCE = 256
const WORDS = ['river', 'stone', 'maple', 'harbour', 'copper', 'willow', 'ember', 'falcon', 'garnet', 'heron']

export interface Filling {
  readonly file: string
  readonly from: number
  readonly to: number
}

/** The n-th person's address; part of it is a search that finds one in a thousand. */
export const emailOf = (index: number): string =>
  `${WORDS[index % WORDS.length]}.${index.toString().padStart(6, '0')}@example.com`

/** Nobody signs in as these: their password's hash is none. */
export async function fill({ file, from, to }: Filling): Promise<void> {
  const store = await openSqliteStore({ file, epoch: 'bench', nowMs: Date.now() })
  try {
    const { position } = await store.readHead()
    let next = from
    const worker = async (): Promise<void> => {
      while (next < to) {
        const index = next
        next += 1
        const account = makeAccount(index)
        await store.createAccount({
          account,
          passwordHash: 'none',
          roles: ['member'],
          audit: makeEvent(index),
        })
        const key = makeKey(account.id, index, position)
        await store.createApiKey({ key, digest: `digest ${key.id}`, keysMax: 100, audit: makeEvent(index) })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  } finally {
    await store.close()
  }
}

const BEGIN_MS = Date.now() - 365 * 86_400_000
const atOf = (index: number): number => BEGIN_MS + index * 60_000
const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(ID_RANDOM_BYTES))

const makeAccount = (index: number): Account => ({
  id: toId('acc', atOf(index), random()),
  email: emailOf(index),
  name: `${WORDS[(index * 7) % WORDS.length]} ${WORDS[index % WORDS.length]}`,
  emailVerifiedAtMs: null,
  createdAtMs: atOf(index),
  disabledAtMs: null,
  passwordChangeRequiredAtMs: null,
  passwordBreachedAtMs: null,
})

const makeKey = (ownerId: AccountId, index: number, issuedPosition: number): ApiKey => ({
  id: toId('key', atOf(index), random()),
  ownerId,
  name: `key ${index}`,
  permissions: ['notes:read'],
  resources: [],
  audiences: [],
  allowAddresses: [],
  rateLimit: null,
  createdAtMs: atOf(index),
  createdBy: ownerId,
  expiresAtMs: null,
  endedAtMs: null,
  lastUsedAtMs: index % 3 === 0 ? atOf(index) : null,
  lastAddress: null,
  overlapEndsAtMs: null,
  issuedPosition,
  suspendedAtMs: null,
})

const makeEvent = (index: number): AuditEvent => ({ ...toEvent(atOf(index)), type: 'account.created' })
