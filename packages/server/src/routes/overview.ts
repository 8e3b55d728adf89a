/** What happened over a time, what somebody should look at, and how old the secrets are. */
import { type Overview, readOverview, type SecretAges } from '@countersign/core'
import { type OverviewResponse, permissions as own, type SecretsResponse } from '@countersign/protocol'
import { json } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { overviewQuerySchema, overviewSchema, secretsSchema } from '../schemas/overview.ts'
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
  handle: async ({ services: { core }, query, facts }) => {
    await core.gathered.settle()
    return json(200, toResponse(await readOverview(core, query.period, facts.nowMs)))
  },
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

const secrets: AnyRoute = protectedRoute({
  name: 'list_secrets',
  method: 'GET',
  path: '/v1/secrets',
  summary: 'Root secrets, API keys and client secrets by their age, the oldest first; never a secret.',
  tag: 'Settings',
  access: { permission: own.settingsRead },
  responses: { 200: { description: 'Ages and last uses.', schema: secretsSchema } },
  handle: async ({ services, facts }) => {
    await services.usage.flush()
    const ages = await services.core.store.readSecretAges({ nowMs: facts.nowMs })
    return json(200, toSecretsResponse(ages, services.rootVersions))
  },
})

/** `held`: the versions of this node, the newest first. */
function toSecretsResponse({ root, apiKeys, clients }: SecretAges, held: readonly string[]): SecretsResponse {
  return {
    root: root.map(({ version, seenAtMs }) => ({
      version,
      current: version === held[0],
      held: held.includes(version),
      seen_at: toTimeOrNull(seenAtMs),
    })),
    api_keys: apiKeys.map((key) => ({
      id: key.id,
      name: key.name,
      owner: key.ownerId,
      made_at: toTime(key.madeAtMs),
      expires_at: toTimeOrNull(key.expiresAtMs),
      last_used_at: toTimeOrNull(key.lastUsedAtMs),
    })),
    clients: clients.map(({ id, name, madeAtMs, lastUsedAtMs }) => ({
      id,
      name,
      made_at: toTime(madeAtMs),
      last_used_at: toTimeOrNull(lastUsedAtMs),
    })),
  }
}

const toTimeOrNull = (ms: number | null): string | null => (ms === null ? null : toTime(ms))

export const overviewRoutes: readonly AnyRoute[] = [read, secrets]
