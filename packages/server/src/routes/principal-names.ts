/** What principals are called, for whoever has met their ids: the audit log, keys, verifiers and anomalies name nobody. */
import { type PrincipalNames, readPrincipalNames } from '@countersign/core'
import { isPrincipalId, type PrincipalNameShape } from '@countersign/protocol'
import { z } from 'zod'
import { json } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { principalNameSchema, principalNamesQuerySchema } from '../schemas/principal-names.ts'
import { refused } from './answer.ts'
import { toPrincipalShape } from './shapes.ts'

const response = z.object({ items: z.array(principalNameSchema), next_cursor: z.null() })

const list: AnyRoute = protectedRoute({
  name: 'list_principal_names',
  method: 'GET',
  path: '/v1/principal-names',
  summary:
    'What accounts and service accounts are called, by up to 100 ids; those unknown or ended are left out.',
  tag: 'Accounts',
  // Either of two permissions is enough, each for its own kind.
  access: 'credential',
  query: principalNamesQuerySchema,
  responses: { 200: { description: 'The names of those that the caller may read.', schema: response } },
  handle: async (call) => {
    const ids = call.query.ids.split(',').filter(isPrincipalId)
    const answer = await readPrincipalNames(call.services.core, call.caller, ids)
    return answer.ok
      ? json(200, { items: answer.names.map(toNameShape), next_cursor: null })
      : refused(call, answer)
  },
})

const toNameShape = ({ id, name }: PrincipalNames['names'][number]): PrincipalNameShape => ({
  ...toPrincipalShape(id),
  name,
})

export const principalNameRoutes: readonly AnyRoute[] = [list]
