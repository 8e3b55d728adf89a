/** Writing OAuth clients: create, change, give a new secret, end. */

import type { Client, EntryDraft } from '@countersign/core'
import { hasSecret, isRaised, sectorOf, signsWithSecret } from '@countersign/core/records'
import type { ClientId, ServiceAccountId } from '@countersign/protocol'
import { toClient } from '../client-rows.ts'
import { integerOrNull } from '../columns.ts'
import type { AnswerOf, InputOf } from '../port.ts'
import { all, one, run, type Script } from '../script.ts'
import * as sql from '../statements/clients.ts'
import { lockServiceAccount } from '../statements/service-accounts.ts'
import { writeAudit } from '../steps/audit.ts'
import { insertNewClient, settingsOf } from '../steps/clients.ts'
import { appendEntry, appendWith } from '../steps/log.ts'

export function* createClient(input: InputOf<'createClient'>): Script<AnswerOf<'createClient'>> {
  const { client } = input
  if (!(yield* holdServiceAccount(client.serviceAccountId))) return 'service_account_gone'
  if (!(yield* insertNewClient(input))) return 'exists'
  yield* writeAudit(input.audit)
  return 'created'
}

/** It must not end while a client is bound to it. */
function* holdServiceAccount(id: ServiceAccountId | null): Script<boolean> {
  return id === null || (yield* one(lockServiceAccount, id)) !== null
}

export function* changeClient(input: InputOf<'changeClient'>): Script<AnswerOf<'changeClient'>> {
  const { id, change, disabledAtMs } = input
  if (!(yield* holdServiceAccount(change.serviceAccountId ?? null))) return 'service_account_gone'
  const row = yield* one(sql.lockClient, id)
  if (row === null) return 'not_found'
  const before = toClient(row)
  const disabled = disabledAtMs === undefined ? before.disabledAtMs : disabledAtMs
  const after: Client = { ...before, ...change, disabledAtMs: disabled }
  yield* dropSecrets(before, after)
  yield* writeAudit(input.audit)
  const write = (revokedBefore: number) =>
    run(sql.changeClient, id, ...settingsOf(after), disabled, revokedBefore)
  // Which proof stood behind what it holds by now is not known of all of it: whoever meets the level comes back by a
  // redirect, and the others sign in.
  const isStricter = isRaised(before.assurance, after.assurance)
  if (typeof disabledAtMs === 'number' || isStricter) yield* appendWith(toRule(input), write)
  else {
    yield* write(before.revokedBefore)
    if (tokensOf(before) !== tokensOf(after)) yield* appendEntry(toRule(input))
  }
  return 'changed'
}

export function* keepDocumentClient(
  input: InputOf<'keepDocumentClient'>,
): Script<AnswerOf<'keepDocumentClient'>> {
  const { client } = input
  if (yield* insertNewClient({ client, secretDigest: null, sealedSecret: null })) {
    yield* writeAudit(input.audit)
    return 'kept'
  }
  const row = yield* one(sql.lockClient, client.id)
  if (row === null) return 'client_gone'
  const before = toClient(row)
  const { disabledAtMs, revokedBefore } = before
  yield* writeAudit(input.audit)
  yield* run(sql.changeClient, client.id, ...settingsOf(client), disabledAtMs, revokedBefore)
  if (tokensOf(before) !== tokensOf({ ...client, disabledAtMs })) {
    yield* appendEntry(toRule({ ...input, id: client.id }))
  }
  return 'kept'
}

/** Secrets that the new method cannot use, and what of them was readable for the old one. */
function* dropSecrets(before: Client, after: Client): Script<void> {
  const wasSigned = signsWithSecret(before.authMethod)
  const isSigned = signsWithSecret(after.authMethod)
  if (!hasSecret(after.authMethod) || (isSigned && !wasSigned)) {
    yield* run(sql.deleteClientSecrets, after.id)
  } else if (wasSigned && !isSigned) yield* run(sql.forgetSealedSecrets, after.id)
}

/** What its tokens are made by: where this changes, they are made anew. */
const tokensOf = (client: Client): string => {
  const { scopes, audiences, serviceAccountId, dpopBound, disabledAtMs } = client
  return JSON.stringify([scopes, audiences, serviceAccountId, dpopBound, disabledAtMs, sectorOf(client)])
}

const toRule = (input: { id: ClientId; nowMs: number; entryExpiresAtMs: number }): EntryDraft => ({
  node: { kind: 'client', id: input.id },
  effect: 'rule',
  atMs: input.nowMs,
  expiresAtMs: input.entryExpiresAtMs,
})

export function* rotateClientSecret(
  input: InputOf<'rotateClientSecret'>,
): Script<AnswerOf<'rotateClientSecret'>> {
  const { id, nowMs, overlapEndsAtMs } = input
  // The client stays locked: two at once would otherwise both find room for one more.
  const row = yield* one(sql.lockClient, id)
  const client = row === null ? null : toClient(row)
  if (client === null || !hasSecret(client.authMethod)) return 'not_found'
  const secrets = yield* all(sql.selectClientSecrets, id)
  const older = secrets.filter(
    (secret) => Math.min(integerOrNull(secret, 'expires_at') ?? overlapEndsAtMs, overlapEndsAtMs) > nowMs,
  )
  if (older.length >= input.secretsMax) return 'limit_reached'
  yield* run(sql.endClientSecrets, id, overlapEndsAtMs)
  yield* run(sql.deleteEndedClientSecrets, id, nowMs)
  const sealed = signsWithSecret(client.authMethod) ? input.sealed : null
  yield* run(sql.insertClientSecret, id, input.digest, sealed, nowMs)
  yield* writeAudit(input.audit)
  return 'rotated'
}

export function* endClient(input: InputOf<'endClient'>): Script<AnswerOf<'endClient'>> {
  if ((yield* one(sql.lockClient, input.id)) === null) return 'not_found'
  yield* run(sql.deleteClientSecrets, input.id)
  yield* writeAudit(input.audit)
  yield* appendWith(toRule(input), (position) => run(sql.endClient, input.id, input.nowMs, position))
  return 'ended'
}

export function* useOnce({ key, expiresAtMs }: InputOf<'useOnce'>): Script<boolean> {
  return (yield* one(sql.useOnce, key, expiresAtMs)) !== null
}
