/**
 * Refresh tokens and authorization codes with what they hang under. Who holds them, with their rights, and the client change
 * seldom: they are read apart, so that an engine which writes alone need not read them again for each token.
 */
import type { Client, LogHead, PrincipalView } from '@countersign/core'
import { StoreUnavailable } from '@countersign/core/records'
import { type ClientId, type GrantId, isAccountId, type PrincipalId } from '@countersign/protocol'
import { toClient } from './client-rows.ts'
import type { Engine } from './engine.ts'
import type { AnswerOf } from './port.ts'
import { readCodeAndSession } from './reads/authorizations.ts'
import { readPresented } from './reads/credentials.ts'
import { toHeadAndIssuer } from './reads/log.ts'
import { toPrincipalView } from './rows.ts'
import { all, type Script } from './script.ts'
import { clientPart } from './statements/clients.ts'
import { selectAccountAbove, selectServiceAccountAbove } from './statements/roles.ts'
import type { StoreTransactions } from './transactions.ts'

type Reading = Pick<Engine<StoreTransactions>, 'read' | 'recall'>

export async function readRefreshToken(
  engine: Reading,
  id: GrantId,
  digests: readonly string[],
): Promise<AnswerOf<'readRefreshToken'>> {
  const { head: below, found } = await engine.read(() => readPresented(id, digests))
  if (found === null) return { head: below, found }
  const { head, client, principal } = await readAbove(
    engine,
    below,
    found.grant.principalId,
    found.grant.clientId,
  )
  // A missing parent counts as dead.
  return { head, found: client === null || principal === null ? null : { ...found, client, principal } }
}

export async function readAuthorizationCode(
  engine: Reading,
  digests: readonly string[],
): Promise<AnswerOf<'readAuthorizationCode'>> {
  const { head: below, found } = await engine.read(() => readCodeAndSession(digests))
  if (found === null) return { head: below, found }
  const { accountId, clientId } = found.code
  const { head, principal } = await readAbove(engine, below, accountId, clientId)
  return { head, found: principal === null ? null : { ...found, principal } }
}

interface Above {
  readonly head: LogHead
  readonly client: Client | null
  /** One that has ended is there still, disabled for good. */
  readonly principal: PrincipalView | null
}

/**
 * What stands above something that was read with the log's head `below`. The head that is answered goes with both: it is the
 * older of the two, so that no row is older than the head, whichever of them was read first (lease protocol, rules 5 and
 * 6). Throws `StoreUnavailable` where a new epoch came between the two.
 */
async function readAbove(
  engine: Reading,
  below: LogHead,
  principal: PrincipalId,
  client: ClientId,
): Promise<Above> {
  const above = await engine.recall(`above ${principal} ${client}`, () => selectAbove(principal, client))
  if (above.head.epoch !== below.epoch) throw new StoreUnavailable('The log has begun a new epoch.')
  return above.head.position <= below.position ? above : { ...above, head: below }
}

/** One statement, and so one snapshot. */
export function* selectAbove(principal: PrincipalId, client: ClientId): Script<Above> {
  const rows = yield* all(
    isAccountId(principal) ? selectAccountAbove : selectServiceAccountAbove,
    principal,
    client,
  )
  const [row] = rows
  if (row === undefined) throw new Error('The log has no head.')
  const { head, issuerRevokedBefore } = toHeadAndIssuer(row)
  const clientRow = clientPart.of(row)
  return {
    head,
    client: clientRow === null ? null : toClient(clientRow),
    principal: row.id === null ? null : toPrincipalView(rows, issuerRevokedBefore),
  }
}
