/** Roles: sets of permissions for people and programs alike. */

import { changeRole, createRole, endRole } from '@countersign/core'
import { isRoleId, permissions as own } from '@countersign/protocol'
import { z } from 'zod'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { changeRoleSchema, createRoleSchema, roleSchema } from '../schemas/principals.ts'
import { notFound, refused } from './answer.ts'
import { toRoleShape } from './shapes.ts'

const response = z.object({ role: roleSchema })
const listResponse = z.object({ items: z.array(roleSchema), next_cursor: z.null() })

const list: AnyRoute = protectedRoute({
  name: 'list_roles',
  method: 'GET',
  path: '/v1/roles',
  summary: 'All roles.',
  tag: 'Roles',
  access: { permission: own.rolesRead },
  responses: { 200: { description: 'Roles.', schema: listResponse } },
  handle: async (call) => {
    const roles = await call.services.core.store.listRoles()
    return json(200, { items: roles.map(toRoleShape), next_cursor: null })
  },
})

const create: AnyRoute = protectedRoute({
  name: 'create_role',
  method: 'POST',
  path: '/v1/roles',
  summary: 'Create a role.',
  tag: 'Roles',
  access: { permission: own.rolesWrite },
  body: createRoleSchema,
  responses: { 201: { description: 'The role.', schema: response } },
  handle: async (call) => {
    const { id, description, permissions } = call.body
    const input = { id, description: description ?? null, permissions }
    const answer = await createRole(call.services.core, call.caller, input, call.facts)
    return answer.ok ? json(201, { role: toRoleShape(answer.role) }) : refused(call, answer)
  },
})

const change: AnyRoute = protectedRoute({
  name: 'change_role',
  method: 'PATCH',
  path: '/v1/roles/:id',
  summary: 'Change a role; tokens made under it are made anew.',
  tag: 'Roles',
  access: { permission: own.rolesWrite },
  body: changeRoleSchema,
  responses: { 200: { description: 'The role as it is now.', schema: response } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isRoleId(id)) return notFound(call)
    const { description, permissions } = call.body
    const change = {
      ...(description !== undefined && { description }),
      ...(permissions !== undefined && { permissions }),
    }
    const answer = await changeRole(call.services.core, call.caller, id, change, call.facts)
    return answer.ok ? json(200, { role: toRoleShape(answer.role) }) : refused(call, answer)
  },
})

const end: AnyRoute = protectedRoute({
  name: 'end_role',
  method: 'DELETE',
  path: '/v1/roles/:id',
  summary: 'Take a role from all its holders and end it.',
  tag: 'Roles',
  access: { permission: own.rolesWrite },
  responses: { 204: { description: 'Ended.' } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isRoleId(id)) return notFound(call)
    const answer = await endRole(call.services.core, call.caller, id, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

export const roleRoutes: readonly AnyRoute[] = [list, create, change, end]
