/** What happened over a time, and what somebody should look at. */
import { type Overview, readOverview } from '@countersign/core'
import { type OverviewResponse, permissions as own } from '@countersign/protocol'
import { json } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { overviewQuerySchema, overviewSchema } from '../schemas/overview.ts'
import { toTime } from './shapes.ts'

const read: AnyRoute = protectedRoute({
  name: 'read_overview',
  method: 'GET',
  path: '/v1/overview',
  summary: 'Counts of a day, a week or a month, part by part, and what needs attention.',
  tag: 'Audit',
  access: { permission: own.overviewRead },
  query: overviewQuerySchema,
  responses: { 200: { description: 'The overview.', schema: overviewSchema } },
  handle: async ({ services, query, facts }) =>
    json(200, toResponse(await readOverview(services.core, query.period, facts.nowMs))),
})

function toResponse({ fromMs, partMs, lines, attention }: Overview): OverviewResponse {
  return {
    from: toTime(fromMs),
    part_seconds: partMs / 1000,
    lines: lines.map(({ name, counts, isCut }) => ({ name, counts: [...counts], cut: isCut })),
    attention: {
      keys_unused: attention.keysUnused,
      keys_endless: attention.keysEndless,
      keys_old: attention.keysOld,
      clients_old: attention.clientsOld,
      administrators_without_factor: attention.administrators.map(({ id, email }) => ({ id, email })),
      mails_waiting: attention.mailsWaiting,
      mails_failed: attention.mailsFailed,
    },
  }
}

export const overviewRoutes: readonly AnyRoute[] = [read]
