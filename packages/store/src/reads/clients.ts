/** Reading OAuth clients: for administrators, and with all that issuing something to one needs. */
import type { Client, PageRequest } from '@countersign/core'
import { type ClientId, type IdTokenAlgorithm, idTokenAlgorithms } from '@countersign/protocol'
import { toClient } from '../client-rows.ts'
import { integerOrNull, likePattern, narrowed, oneOf, text, textOrNull } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { all, one, type Script } from '../script.ts'
import * as sql from '../statements/clients.ts'
import { readHeadAndIssuer } from './log.ts'
import { readPrincipal } from './principals.ts'

export function* readClient(id: ClientId): Script<Client | null> {
  const row = yield* one(sql.selectLiveClient, id)
  return row === null ? null : toClient(row)
}

/** Ids of clients are chosen by people, so that no order of time is in them: they come in their own. */
export function* listClients(
  page: PageRequest & { readonly search?: string | null },
): Script<readonly Client[]> {
  const after = page.after ?? ''
  const rows =
    typeof page.search === 'string'
      ? yield* all(sql.searchClients, after, page.limit, likePattern(page.search))
      : yield* all(sql.listClients, after, page.limit)
  return rows.map(toClient)
}

export function* listIdTokenAlgorithms(): Script<readonly IdTokenAlgorithm[]> {
  const rows = yield* all(sql.listIdTokenAlgorithms)
  return rows.map((row) => narrowed(row, 'id_token_algorithm', oneOf(idTokenAlgorithms)))
}

export function* readClientToIssue(id: ClientId): Script<AnswerOf<'readClientToIssue'>> {
  const { head, issuerRevokedBefore } = yield* readHeadAndIssuer()
  const row = yield* one(sql.selectClient, id)
  if (row === null) return { head, found: null }
  const client = toClient(row)
  const secrets = (yield* all(sql.selectClientSecrets, id)).map((secret) => ({
    digest: text(secret, 'digest'),
    sealed: textOrNull(secret, 'sealed'),
    expiresAtMs: integerOrNull(secret, 'expires_at'),
  }))
  const principal =
    client.serviceAccountId === null
      ? null
      : yield* readPrincipal(client.serviceAccountId, issuerRevokedBefore)
  return { head, found: { client, secrets, principal } }
}
