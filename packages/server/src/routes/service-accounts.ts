/** Service accounts: programs that call the API under their own name. */

import { changeServiceAccount, createServiceAccount, endServiceAccount } from '@countersign/core'
import { isServiceAccountId, permissions as own } from '@countersign/protocol'
import { z } from 'zod'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { pageOf, pageQuerySchema } from '../schemas/common.ts'
import {
  changeServiceAccountSchema,
  createServiceAccountSchema,
  serviceAccountSchema,
} from '../schemas/principals.ts'
import { notFound, refused } from './answer.ts'
import { toPage, toServiceAccountShape } from './shapes.ts'

const response = z.object({ service_account: serviceAccountSchema })

const list: AnyRoute = protectedRoute({
  name: 'list_service_accounts',
  method: 'GET',
  path: '/v1/service-accounts',
  summary: 'List service accounts, the newest first.',
  tag: 'Service accounts',
  access: { permission: own.serviceAccountsRead },
  query: pageQuerySchema,
  responses: { 200: { description: 'Service accounts.', schema: pageOf(serviceAccountSchema) } },
  handle: async (call) => {
    const { limit, cursor } = call.query
    const rows = await call.services.core.store.listServiceAccounts({ limit, after: cursor ?? null })
    return json(200, toPage(rows, limit, toServiceAccountShape))
  },
})

const create: AnyRoute = protectedRoute({
  name: 'create_service_account',
  method: 'POST',
  path: '/v1/service-accounts',
  summary: 'Create a service account; its keys are created with `POST /v1/api-keys`.',
  tag: 'Service accounts',
  access: { permission: own.serviceAccountsWrite },
  body: createServiceAccountSchema,
  responses: { 201: { description: 'The service account.', schema: response } },
  handle: async (call) => {
    const { name, roles = [], audiences = [] } = call.body
    const answer = await createServiceAccount(
      call.services.core,
      call.caller,
      { name, roles, audiences },
      call.facts,
    )
    return answer.ok
      ? json(201, { service_account: toServiceAccountShape(answer.account) })
      : refused(call, answer)
  },
})

const read: AnyRoute = protectedRoute({
  name: 'read_service_account',
  method: 'GET',
  path: '/v1/service-accounts/:id',
  summary: 'One service account.',
  tag: 'Service accounts',
  access: { permission: own.serviceAccountsRead },
  responses: { 200: { description: 'The service account.', schema: response } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    const account = isServiceAccountId(id) ? await call.services.core.store.readServiceAccount(id) : null
    return account === null ? notFound(call) : json(200, { service_account: toServiceAccountShape(account) })
  },
})

const change: AnyRoute = protectedRoute({
  name: 'change_service_account',
  method: 'PATCH',
  path: '/v1/service-accounts/:id',
  summary: 'Change name, roles or audiences; disable or enable.',
  tag: 'Service accounts',
  access: { permission: own.serviceAccountsWrite },
  body: changeServiceAccountSchema,
  responses: { 200: { description: 'The service account as it is now.', schema: response } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isServiceAccountId(id)) return notFound(call)
    const { name, roles, audiences, disabled } = call.body
    const change = {
      ...(name !== undefined && { name }),
      ...(roles !== undefined && { roles }),
      ...(audiences !== undefined && { audiences }),
      ...(disabled !== undefined && { disabled }),
    }
    const answer = await changeServiceAccount(call.services.core, call.caller, id, change, call.facts)
    return answer.ok
      ? json(200, { service_account: toServiceAccountShape(answer.account) })
      : refused(call, answer)
  },
})

const end: AnyRoute = protectedRoute({
  name: 'end_service_account',
  method: 'DELETE',
  path: '/v1/service-accounts/:id',
  summary: 'End a service account with all its keys.',
  tag: 'Service accounts',
  access: { permission: own.serviceAccountsWrite },
  responses: { 204: { description: 'Ended everywhere.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isServiceAccountId(id)) return notFound(call)
    const answer = await endServiceAccount(call.services.core, call.caller, id, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

export const serviceAccountRoutes: readonly AnyRoute[] = [list, create, read, change, end]
