/** Accounts: people, as administrators see and change them. */

import {
  changeAccount,
  createAccount,
  endAccount,
  normalizeEmail,
  requirePasswordChange,
} from '@countersign/core'
import { isAccountId, MEMBER, permissions as own, Secret } from '@countersign/protocol'
import { z } from 'zod'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { emailSchema, type PageQuery, pageOf, pageQueryShape, searchSchema } from '../schemas/common.ts'
import { requirePasswordChangeSchema } from '../schemas/passwords.ts'
import { accountDetailSchema, changeAccountSchema, createAccountSchema } from '../schemas/principals.ts'
import { endedSchema } from '../schemas/sessions.ts'
import { notFound, refused } from './answer.ts'
import { toAccountDetail, toPage } from './shapes.ts'

const accountResponse = z.object({ account: accountDetailSchema })

/** `email` finds one account by its address, `search` all with a text in their address or name. */
const listSchema: z.ZodType<PageQuery & { email?: string | undefined; search?: string | undefined }> =
  z.strictObject({
    ...pageQueryShape,
    email: emailSchema.optional(),
    search: searchSchema.optional(),
  })

const list: AnyRoute = protectedRoute({
  name: 'list_accounts',
  method: 'GET',
  path: '/v1/accounts',
  summary: 'List accounts, the newest first.',
  tag: 'Accounts',
  access: { permission: own.accountsRead },
  query: listSchema,
  responses: { 200: { description: 'Accounts.', schema: pageOf(accountDetailSchema) } },
  handle: async (call) => {
    const { limit, cursor, email, search = null } = call.query
    // What cannot be an address is nobody's.
    const wanted = email === undefined ? null : (normalizeEmail(email) ?? '')
    const page = { limit, after: cursor ?? null, email: wanted, search }
    const rows = await call.services.core.store.listAccounts(page)
    return json(200, toPage(rows, limit, toAccountDetail))
  },
})

const create: AnyRoute = protectedRoute({
  name: 'create_account',
  method: 'POST',
  path: '/v1/accounts',
  summary: 'Create an account with a first password, which its owner has to change by default.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  body: createAccountSchema,
  responses: { 201: { description: 'The account.', schema: accountResponse } },
  handle: async (call) => {
    const { email, password, name = null, roles = [MEMBER], require_password_change = true } = call.body
    const input = {
      email,
      password: new Secret(password),
      name,
      roles,
      requirePasswordChange: require_password_change,
    }
    const answer = await createAccount(call.services.core, call.caller, input, call.facts)
    return answer.ok ? json(201, { account: toAccountDetail(answer.account) }) : refused(call, answer)
  },
})

const read: AnyRoute = protectedRoute({
  name: 'read_account',
  method: 'GET',
  path: '/v1/accounts/:id',
  summary: 'One account.',
  tag: 'Accounts',
  access: { permission: own.accountsRead },
  responses: { 200: { description: 'The account.', schema: accountResponse } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    const account = isAccountId(id) ? await call.services.core.store.readAccount(id) : null
    return account === null ? notFound(call) : json(200, { account: toAccountDetail(account) })
  },
})

const change: AnyRoute = protectedRoute({
  name: 'change_account',
  method: 'PATCH',
  path: '/v1/accounts/:id',
  summary: 'Change name, address or roles; disable (which ends everything issued) or enable.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  body: changeAccountSchema,
  responses: { 200: { description: 'The account as it is now.', schema: accountResponse } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isAccountId(id)) return notFound(call)
    const { name, roles, disabled, email } = call.body
    const change = {
      ...(email !== undefined && { email }),
      ...(name !== undefined && { name }),
      ...(roles !== undefined && { roles }),
      ...(disabled !== undefined && { disabled }),
    }
    const answer = await changeAccount(call.services.core, call.caller, id, change, call.facts)
    return answer.ok ? json(200, { account: toAccountDetail(answer.account) }) : refused(call, answer)
  },
})

const end: AnyRoute = protectedRoute({
  name: 'end_account',
  method: 'DELETE',
  path: '/v1/accounts/:id',
  summary: 'Erase the person and end everything issued to it.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  responses: { 204: { description: 'Ended everywhere.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isAccountId(id)) return notFound(call)
    const answer = await endAccount(call.services.core, call.caller, id, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

const requireChange: AnyRoute = protectedRoute({
  name: 'require_password_change',
  method: 'POST',
  path: '/v1/accounts/:id/require-password-change',
  summary: 'Have the person choose another password at the next sign-in; ends all sessions by default.',
  tag: 'Accounts',
  access: { permission: own.accountsWrite },
  bodyForm: 'optional_json',
  body: requirePasswordChangeSchema,
  responses: { 200: { description: 'How many sessions were ended.', schema: endedSchema } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isAccountId(id)) return notFound(call)
    const input = { account: id, keepSessions: call.body.keep_sessions ?? false }
    const answer = await requirePasswordChange(call.services.core, call.caller, input, call.facts)
    return answer.ok ? json(200, { ended: answer.ended }) : refused(call, answer)
  },
})

export const accountRoutes: readonly AnyRoute[] = [list, create, read, change, end, requireChange]
