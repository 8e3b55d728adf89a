/** Reading what API keys were used for, and which audiences they are for. */
import type { HourOfUse, HourPlace } from '@countersign/core'
import { type ApiKeyId, isApiKeyId } from '@countersign/protocol'
import { narrowed, texts } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { toHourOfUse } from '../rows.ts'
import { all, type Script } from '../script.ts'
import { KEYS_PER_READ, listHours, selectAudiencesOfKeys } from '../statements/usage.ts'
import { AUTHORITY } from '../steps/usage.ts'

/** No hour comes after it. */
const AFTER_ALL: HourPlace = { hourMs: Number.MAX_SAFE_INTEGER, route: '', reportedBy: null }

export function* listApiKeyUsage(
  id: ApiKeyId,
  after: HourPlace | null,
  limit: number,
): Script<readonly HourOfUse[]> {
  const { hourMs, route, reportedBy } = after ?? AFTER_ALL
  const rows = yield* all(listHours, id, hourMs, reportedBy ?? AUTHORITY, route, limit)
  return rows.map(toHourOfUse)
}

export function* readApiKeyAudiences(ids: readonly ApiKeyId[]): Script<AnswerOf<'readApiKeyAudiences'>> {
  const found = new Map<ApiKeyId, readonly string[]>()
  for (let start = 0; start < ids.length; start += KEYS_PER_READ) {
    const some = ids.slice(start, start + KEYS_PER_READ)
    const padding = Array.from({ length: KEYS_PER_READ - some.length }, () => some[0] ?? '')
    for (const row of yield* all(selectAudiencesOfKeys, ...some, ...padding)) {
      found.set(narrowed(row, 'id', isApiKeyId), texts(row, 'audiences'))
    }
  }
  return found
}
