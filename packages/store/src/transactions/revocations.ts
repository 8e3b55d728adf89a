/**
 * Revoking any node of the credential tree. What never gets new children is killed by its id; for everything
 * else the entry is a rule, whose position also stands on the node's row (design §3).
 */
import type { EntryDraft } from '@countersign/core'
import type { AnswerOf, InputOf } from '../port.ts'
import { one, run, type Script, type Statement } from '../script.ts'
import * as accounts from '../statements/accounts.ts'
import { endApiKeyAgain } from '../statements/api-keys.ts'
import { lockAnyClient, revokeClient } from '../statements/clients.ts'
import { endTrust } from '../statements/devices.ts'
import { endGrantAgain } from '../statements/grants.ts'
import { takeIssuerPosition } from '../statements/log.ts'
import * as roles from '../statements/roles.ts'
import * as services from '../statements/service-accounts.ts'
import { endSessionAgain } from '../statements/sessions.ts'
import { removeSigningKey } from '../statements/signing-keys.ts'
import { writeAudit } from '../steps/audit.ts'
import { countUnder } from '../steps/counts.ts'
import { appendEntry, appendWith, readInteger, writeEntry } from '../steps/log.ts'

type Input = InputOf<'revoke'>

export function* revoke(input: Input): Script<AnswerOf<'revoke'>> {
  const { node, nowMs } = input
  // Counted first: afterwards nothing under the node is alive any more.
  const ended = yield* countUnder(node, nowMs, 0)
  const append = yield* prepare(input)
  if (append === null) return { kind: 'not_found' }
  yield* writeAudit(input.audit)
  return { kind: 'revoked', position: yield* append(), ended }
}

/** Ends or locks the node's row, and answers what appends the entry; null where there is no such node. */
function* prepare(input: Input): Script<(() => Script<number>) | null> {
  switch (input.node.kind) {
    case 'session':
      return yield* kill(input, endSessionAgain)
    case 'grant':
      return yield* kill(input, endGrantAgain)
    case 'api_key':
      return yield* kill(input, endApiKeyAgain)
    case 'signing_key':
      return yield* kill(input, removeSigningKey)
    case 'access_token':
      // Nothing is stored of an access token: the entry is all there is to write.
      return () => appendEntry(toEntry(input, 'kill'), input.id)
    case 'account': {
      const append = yield* rule(input, accounts.lockAnyAccount, accounts.revokeAccount)
      yield* run(endTrust, input.node.id)
      return append
    }
    case 'service_account':
      return yield* rule(input, services.lockAnyServiceAccount, services.revokeServiceAccount)
    case 'client':
      return yield* rule(input, lockAnyClient, revokeClient)
    case 'role':
      return yield* rule(input, roles.lockAnyRole, roles.revokeRole)
    case 'issuer':
      return () => appendIssuerRule(input)
  }
}

function* kill(input: Input, end: Statement): Script<(() => Script<number>) | null> {
  if ((yield* one(end, input.node.id, input.nowMs)) === null) return null
  return () => appendEntry(toEntry(input, 'kill'), input.id)
}

function* rule(input: Input, lock: Statement, write: Statement): Script<(() => Script<number>) | null> {
  const { node, id } = input
  if ((yield* one(lock, node.id)) === null) return null
  return () => appendWith(toEntry(input, 'rule'), (position) => run(write, node.id, position), id)
}

/** The issuer's row is the log's head itself. */
function* appendIssuerRule(input: Input): Script<number> {
  const position = yield* readInteger('position', takeIssuerPosition)
  yield* writeEntry(position, toEntry(input, 'rule'), input.id)
  return position
}

const toEntry = (input: Input, effect: EntryDraft['effect']): EntryDraft => ({
  node: input.node,
  effect,
  atMs: input.nowMs,
  expiresAtMs: input.entryExpiresAtMs,
})
