/** Inserting principals and their API keys, which several transactions do. */
import type { Account, ApiKey, ServiceAccount } from '@countersign/core'
import type { AccountId, SessionId } from '@countersign/protocol'
import { one, run, type Script } from '../script.ts'
import {
  claimEmail,
  insertAccount as insertAccountRow,
  releaseClaim,
  setEmail,
} from '../statements/accounts.ts'
import { insertApiKeySecret, insertApiKey as insertKeyRow } from '../statements/api-keys.ts'
import { insertServiceAccount as insertServiceRow } from '../statements/service-accounts.ts'

/** False where the address is taken. Of two that arrive together, the second waits for the first. */
export function* insertAccount(account: Account, passwordHash: string | null): Script<boolean> {
  const inserted = yield* one(
    insertAccountRow,
    account.id,
    account.email,
    account.name,
    account.emailVerifiedAtMs,
    passwordHash,
    account.createdAtMs,
    account.disabledAtMs,
    account.passwordChangeRequiredAtMs,
  )
  return inserted !== null
}

/** False where the address is taken. Needs the account's row; whoever changes a verdict by it appends to the log. */
export function* moveAccount(id: AccountId, email: string, verifiedAtMs: number | null): Script<boolean> {
  const claim = `claim of ${id}`
  if ((yield* one(claimEmail, claim, email)) === null) return false
  yield* run(releaseClaim, claim)
  yield* run(setEmail, id, email, verifiedAtMs)
  return true
}

export function* insertServiceAccount(account: ServiceAccount): Script<void> {
  yield* run(
    insertServiceRow,
    account.id,
    account.name,
    JSON.stringify(account.audiences),
    account.createdAtMs,
    account.disabledAtMs,
  )
}

export function* insertApiKey(key: ApiKey, digest: string, madeIn: SessionId | null = null): Script<void> {
  yield* run(
    insertKeyRow,
    key.id,
    key.ownerId,
    key.name,
    JSON.stringify(key.permissions),
    JSON.stringify(key.resources),
    JSON.stringify(key.audiences),
    JSON.stringify(key.allowAddresses),
    key.rateLimit === null ? null : JSON.stringify(key.rateLimit),
    key.createdAtMs,
    key.createdBy,
    key.expiresAtMs,
    key.endedAtMs,
    key.lastUsedAtMs,
    key.lastAddress,
    key.overlapEndsAtMs,
    key.issuedPosition,
    key.suspendedAtMs,
  )
  yield* run(insertApiKeySecret, key.id, digest, key.createdAtMs, madeIn)
}
