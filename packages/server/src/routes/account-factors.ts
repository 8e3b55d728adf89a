/** The second factors of others, as administrators see and remove them. */
import { listAccountFactors, removeAccountFactor, reopenAccountFactors } from '@countersign/core'
import { isAccountId, isFactorId, permissions as own } from '@countersign/protocol'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { factorsSchema } from '../schemas/factors.ts'
import { notFound, refused } from './answer.ts'
import { toFactorsShape } from './factor-shapes.ts'

const list: AnyRoute = protectedRoute({
  name: 'list_account_factors',
  method: 'GET',
  path: '/v1/accounts/:id/factors',
  summary: 'The second factors of an account, without their secrets.',
  tag: 'Accounts',
  access: { permission: own.accountsRead },
  responses: { 200: { description: 'All of them, the oldest first.', schema: factorsSchema } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isAccountId(id)) return notFound(call)
    const answer = await listAccountFactors(call.services.core, call.caller, id)
    return answer.ok ? json(200, toFactorsShape(answer)) : refused(call, answer)
  },
})

const remove: AnyRoute = protectedRoute({
  name: 'remove_account_factor',
  method: 'DELETE',
  path: '/v1/accounts/:id/factors/:factor',
  summary: 'Remove a factor that its owner has lost.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  responses: { 204: { description: 'Removed.' } },
  handle: async (call) => {
    const { id = '', factor = '' } = call.params
    if (!isAccountId(id) || !isFactorId(factor)) return notFound(call)
    const answer = await removeAccountFactor(call.services.core, call.caller, id, factor, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

const reopen: AnyRoute = protectedRoute({
  name: 'reopen_account_factors',
  method: 'POST',
  path: '/v1/accounts/:id/factors/reopen',
  summary: 'Open again the factors that were closed after too many failures.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  responses: { 204: { description: 'Open.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isAccountId(id)) return notFound(call)
    const answer = await reopenAccountFactors(call.services.core, call.caller, id, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

export const accountFactorRoutes: readonly AnyRoute[] = [list, remove, reopen]
