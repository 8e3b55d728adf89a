/** Signing keys and the audit log. */

import { removeSigningKey, rotateSigningKeys, verifyAuditChain } from '@countersign/core'
import { isSigningKeyId, permissions as own } from '@countersign/protocol'
import { json } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import {
  auditEventSchema,
  auditQuerySchema,
  chainReportSchema,
  rotateSchema,
  signingKeysSchema,
} from '../schemas/admin.ts'
import { pageOf } from '../schemas/common.ts'
import { notFound, refused } from './answer.ts'
import { toAuditShape, toPage, toSigningKeyShape } from './shapes.ts'

const listKeys: AnyRoute = protectedRoute({
  name: 'list_signing_keys',
  method: 'GET',
  path: '/v1/signing-keys',
  summary: 'All signing keys and their states.',
  tag: 'Signing keys',
  access: { permission: own.signingKeysRead },
  responses: { 200: { description: 'Signing keys.', schema: signingKeysSchema } },
  handle: async (call) => {
    await call.services.keys.reload()
    return json(200, { items: call.services.keys.all().map(toSigningKeyShape), next_cursor: null })
  },
})

const rotateKeys: AnyRoute = protectedRoute({
  name: 'rotate_signing_keys',
  method: 'POST',
  path: '/v1/signing-keys/rotate',
  summary: 'Publish a next key, or promote the one that has been published long enough.',
  tag: 'Signing keys',
  access: { permission: own.signingKeysWrite },
  body: rotateSchema,
  bodyForm: 'optional_json',
  responses: { 200: { description: 'Signing keys as they are now.', schema: signingKeysSchema } },
  handle: async (call) => {
    const answer = await rotateSigningKeys(
      call.services.core,
      call.caller,
      call.body.immediately === true,
      call.facts,
    )
    return answer.ok
      ? json(200, { items: answer.keys.map(toSigningKeyShape), next_cursor: null })
      : refused(call, answer)
  },
})

const removeKey: AnyRoute = protectedRoute({
  name: 'remove_signing_key',
  method: 'DELETE',
  path: '/v1/signing-keys/:id',
  summary: 'Remove a compromised key: everything it signed ends now.',
  tag: 'Signing keys',
  access: { permission: own.signingKeysWrite },
  responses: { 200: { description: 'Signing keys as they are now.', schema: signingKeysSchema } },
  handle: async (call) => {
    const id = call.params.id ?? ''
    if (!isSigningKeyId(id)) return notFound(call)
    const answer = await removeSigningKey(call.services.core, call.caller, id, call.facts)
    return answer.ok
      ? json(200, { items: answer.keys.map(toSigningKeyShape), next_cursor: null })
      : refused(call, answer)
  },
})

const listAudit: AnyRoute = protectedRoute({
  name: 'list_audit',
  method: 'GET',
  path: '/v1/audit',
  summary: 'Who did what, when, from where, with which credential; the newest first.',
  tag: 'Audit',
  access: { permission: own.auditRead },
  query: auditQuerySchema,
  responses: { 200: { description: 'Audit events.', schema: pageOf(auditEventSchema) } },
  handle: async (call) => {
    const { limit, cursor, type, actor, target, since, until } = call.query
    const { gathered, store } = call.services.core
    await gathered.settle()
    const rows = await store.listAudit({
      limit,
      after: cursor ?? null,
      type: type ?? null,
      actorId: actor ?? null,
      targetId: target ?? null,
      sinceMs: since === undefined ? null : Date.parse(since),
      untilMs: until === undefined ? null : Date.parse(until),
    })
    return json(
      200,
      toPage(rows.map(toAuditShape), limit, (row) => row),
    )
  },
})

const verifyAudit: AnyRoute = protectedRoute({
  name: 'verify_audit',
  method: 'GET',
  path: '/v1/audit/chain',
  summary: 'Recompute the whole hash chain of the audit log.',
  tag: 'Audit',
  access: { permission: own.auditRead },
  responses: {
    200: { description: 'Whether every event is where and what it was.', schema: chainReportSchema },
  },
  handle: async (call) => {
    await call.services.core.gathered.settle()
    const report = await verifyAuditChain(call.services.core)
    if (report.intact) return json(200, report)
    return json(200, { intact: false, broken_at: report.brokenAt, cause: report.cause })
  },
})

export const adminRoutes: readonly AnyRoute[] = [listKeys, rotateKeys, removeKey, listAudit, verifyAudit]
