/** One thing done to up to a hundred accounts, service accounts, clients or keys; or told beforehand by a dry run. */
import { type BulkItem, type BulkKind, runBulk, sessionOf, stepUpRefusal } from '@countersign/core'
import {
  type BulkItemShape,
  type BulkRequest,
  isAccountId,
  isApiKeyId,
  isClientId,
  isServiceAccountId,
  permissions as own,
  type Permission,
} from '@countersign/protocol'
import { json } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { bulkResponseSchema, bulkSchemaOf } from '../schemas/bulk.ts'
import { refused } from './answer.ts'
import { RECENT } from './my-factors.ts'

type IsId = (text: string) => boolean

function bulkRoute(kind: BulkKind, nouns: string, tag: string, permission: Permission, isId: IsId): AnyRoute {
  return protectedRoute<BulkRequest>({
    name: `bulk_${nouns.replace('-', '_')}`,
    method: 'POST',
    path: `/v1/${nouns}/bulk`,
    summary: 'End, disable or enable up to a hundred by their ids, or see with `dry_run` what that would do.',
    tag,
    access: { permission },
    body: bulkSchemaOf(isId),
    responses: { 200: { description: 'What became of each.', schema: bulkResponseSchema } },
    handle: async (call) => {
      const { services, caller, body, facts } = call
      const isDryRun = body.dry_run === true
      // Whoever finds a console open must not end everything from it: a session needs a fresh proof, a look does not.
      if (!isDryRun && sessionOf(caller) !== null) {
        const tooOld = stepUpRefusal(caller, RECENT, facts.nowMs)
        if (tooOld !== null) return refused(call, tooOld)
      }
      const input = { kind, action: body.action, ids: body.ids, isDryRun }
      const items = await runBulk(services.core, caller, input, facts)
      return json(200, { items: items.map(toShape) })
    },
  })
}

function toShape({ id, outcome, code, ends }: BulkItem): BulkItemShape {
  return {
    id,
    outcome,
    code,
    ends: ends && { sessions: ends.sessions, grants: ends.grants, api_keys: ends.apiKeys },
  }
}

export const bulkRoutes: readonly AnyRoute[] = [
  bulkRoute('account', 'accounts', 'Accounts', own.accountsWrite, isAccountId),
  bulkRoute(
    'service_account',
    'service-accounts',
    'Service accounts',
    own.serviceAccountsWrite,
    isServiceAccountId,
  ),
  bulkRoute('client', 'clients', 'Clients', own.clientsWrite, isClientId),
  bulkRoute('api_key', 'api-keys', 'API keys', own.apiKeysWrite, isApiKeyId),
]
