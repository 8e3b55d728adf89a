/** The uses of a key by day, from the hours that the authority keeps. */
import type { ApiKeyUsageShape } from '@countersign/protocol'

export const DAYS = 14
const DAY_MS = 86_400_000

/** The last 14 days, the oldest first, each 24 hours long and the last one ending now. */
export function usesByDay(hours: readonly ApiKeyUsageShape[], nowMs: number): readonly number[] {
  const days: number[] = Array.from({ length: DAYS }, () => 0)
  for (const { hour, count } of hours) {
    const ago = Math.floor((nowMs - Date.parse(hour)) / DAY_MS)
    const index = DAYS - 1 - Math.max(0, ago)
    if (index >= 0) days[index] = (days[index] ?? 0) + count
  }
  return days
}
