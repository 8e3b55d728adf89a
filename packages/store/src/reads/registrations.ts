/** Reading initial access tokens. */
import type { InitialAccessToken, PageRequest } from '@countersign/core'
import { isInitialAccessTokenId, isPrincipalId } from '@countersign/protocol'
import { integer, integerOrNull, narrowed, text } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { all, one, type Row, type Script } from '../script.ts'
import * as sql from '../statements/registrations.ts'
import { pageStart } from './page.ts'

/** One secret has one digest under each pepper that is still known. */
export function* findInitialAccessToken(
  digests: readonly string[],
  nowMs: number,
): Script<AnswerOf<'findInitialAccessToken'>> {
  for (const digest of digests) {
    const row = yield* one(sql.findInitialAccessToken, digest, nowMs)
    if (row !== null) return { digest: text(row, 'digest'), token: toInitialAccessToken(row) }
  }
  return null
}

export function* listInitialAccessTokens(page: PageRequest): Script<readonly InitialAccessToken[]> {
  return (yield* all(sql.listInitialAccessTokens, pageStart(page), page.limit)).map(toInitialAccessToken)
}

function toInitialAccessToken(row: Row): InitialAccessToken {
  return {
    id: narrowed(row, 'id', isInitialAccessTokenId),
    name: text(row, 'name'),
    uses: integer(row, 'uses'),
    usesMax: integer(row, 'uses_max'),
    createdBy: narrowed(row, 'created_by', isPrincipalId),
    createdAtMs: integer(row, 'created_at'),
    expiresAtMs: integer(row, 'expires_at'),
    lastUsedAtMs: integerOrNull(row, 'last_used_at'),
  }
}
