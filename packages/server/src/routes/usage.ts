/** What verifiers report about use and refusals, and reading the uses. */
import {
  acceptUses,
  type Caller,
  type HourOfUse,
  type HourPlace,
  listApiKeyUsage,
  toUsedCredential,
  type Use,
} from '@countersign/core'
import {
  type ApiKeyUsageShape,
  isApiKeyId,
  isServiceAccountId,
  permissions as own,
  type ReportedRefusal,
  type ReportedUse,
  type ServiceAccountId,
  type UsageReport,
} from '@countersign/protocol'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, type Call, protectedRoute } from '../http/route.ts'
import { pageOf } from '../schemas/common.ts'
import { apiKeyUsageQuerySchema, apiKeyUsageSchema, usageReportSchema } from '../schemas/usage.ts'
import { notFound, refused } from './answer.ts'
import { toTime } from './shapes.ts'

/** As many uses and traces as a report may carry, each as long as it may be. */
const REPORT_BYTES_MAX = 524_288

const report: AnyRoute = protectedRoute({
  name: 'report_usage',
  method: 'POST',
  path: '/v1/usage',
  summary: 'Report, every few seconds, what was used and refused at a resource server.',
  tag: 'Verifying',
  access: { permission: own.credentialsVerify },
  body: usageReportSchema,
  bodyBytesMax: REPORT_BYTES_MAX,
  responses: { 204: { description: 'Taken; what the caller may not speak about is left out.' } },
  handle: async (call) => {
    const { services, body, caller, facts } = call
    const uses = await acceptUses(services.core, caller, body.uses.flatMap(toUse), facts.nowMs)
    services.usage.report(uses, reporterOf(caller))
    for (const use of uses) watchProgram(call, use)
    for (const refusal of body.refusals) takeRefusal(call, refusal)
    return noContent()
  },
})

/** An id that is none of its kind stands for nothing that could be counted. */
function toUse(use: ReportedUse): readonly Use[] {
  const credential = toUsedCredential(use.credential.kind, use.credential.id)
  if (credential === null) return []
  const { route, count, refused: refusedCount, last, address, agent = null } = use
  const counts = { route, count, refused: refusedCount }
  return [{ credential, ...counts, lastAtMs: Date.parse(last), address, agent }]
}

/** What was only refused shows no habit, and teaches none. */
function watchProgram({ services }: Call<UsageReport, undefined, Caller>, use: Use): void {
  const { credential, count, lastAtMs: atMs, address, agent } = use
  if (credential.kind === 'api_key' && count > 0) {
    services.programs.note(credential.id, { atMs, address, agent, count })
  }
}

/** Verifiers are programs; a person who tries it out counts as the authority itself would. */
const reporterOf = ({ principal }: Caller): ServiceAccountId | null =>
  isServiceAccountId(principal.id) ? principal.id : null

function takeRefusal(call: Call<UsageReport, undefined, Caller>, refusal: ReportedRefusal): void {
  const { decision_id: id, at, position = null, lease_ms = null, ...rest } = refusal
  const told = { id, atMs: Date.parse(at), ...rest, reported_by: call.caller.principal.id }
  call.services.decisions.add({ ...told, position, lease_ms, place: 'verifier', needs: null })
  call.services.logger.reported(told)
}

const readUsage: AnyRoute = protectedRoute({
  name: 'list_api_key_usage',
  method: 'GET',
  path: '/v1/api-keys/:id/usage',
  summary: 'Which requests a key made, by hour and route, the newest hour first.',
  tag: 'API keys',
  access: 'credential',
  query: apiKeyUsageQuerySchema,
  responses: { 200: { description: 'Counts of the last 90 days.', schema: pageOf(apiKeyUsageSchema) } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    const { limit, cursor } = call.query
    const after = cursor === undefined ? null : parsePlace(cursor)
    if (!isApiKeyId(id) || (cursor !== undefined && after === null)) return notFound(call)
    await call.services.usage.flush()
    const answer = await listApiKeyUsage(call.services.core, call.caller, id, after, limit)
    if (!answer.ok) return refused(call, answer)
    const last = answer.hours.at(-1)
    const next = last !== undefined && answer.hours.length >= limit ? toCursor(last) : null
    return json(200, { items: answer.hours.map(toUsageShape), next_cursor: next })
  },
})

function toUsageShape(hour: HourOfUse): ApiKeyUsageShape {
  return {
    hour: toTime(hour.hourMs),
    route: hour.route,
    reported_by: hour.reportedBy,
    count: hour.count,
    refused: hour.refused,
    last_at: toTime(hour.lastAtMs),
    last_address: hour.lastAddress,
  }
}

/** Routes have any characters, cursors do not. */
function toCursor({ hourMs, reportedBy, route }: HourPlace): string {
  return Buffer.from(JSON.stringify([hourMs, reportedBy, route])).toString('base64url')
}

function parsePlace(cursor: string): HourPlace | null {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (!Array.isArray(place)) return null
    const [hourMs, reportedBy, route] = place
    if (!Number.isSafeInteger(hourMs) || hourMs < 0 || !isRoute(route)) return null
    if (reportedBy !== null && !(typeof reportedBy === 'string' && isServiceAccountId(reportedBy)))
      return null
    return { hourMs, reportedBy, route }
  } catch {
    // No cursor of ours: bytes that are no JSON.
    return null
  }
}

/** The database takes any text but one with a NUL. */
const isRoute = (value: unknown): value is string =>
  typeof value === 'string' && /^[\x20-\x7e]{1,100}$/.test(value)

export const usageRoutes: readonly AnyRoute[] = [report, readUsage]
