/** What a person has allowed apps: seen, and taken back. */
import { endConsent, listConsents, type NamedConsent } from '@countersign/core'
import { type ConsentShape, isClientId } from '@countersign/protocol'
import { z } from 'zod'
import { json, noContent } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { consentSchema } from '../schemas/consents.ts'
import { notFound, refused } from './answer.ts'
import { toTime } from './shapes.ts'

const list: AnyRoute = protectedRoute({
  name: 'list_own_consents',
  method: 'GET',
  path: '/v1/me/consents',
  summary: 'What one has allowed apps to do.',
  tag: 'Me',
  access: 'credential',
  responses: {
    200: {
      description: 'All of them, in the order of the apps’ ids.',
      schema: z.object({ items: z.array(consentSchema), next_cursor: z.null() }),
    },
  },
  handle: async (call) => {
    const answer = await listConsents(call.services.core, call.caller)
    if (!answer.ok) return refused(call, answer)
    return json(200, { items: answer.consents.map(toConsentShape), next_cursor: null })
  },
})

export const toConsentShape = (consent: NamedConsent): ConsentShape => ({
  client: { id: consent.clientId, name: consent.clientName },
  scopes: [...consent.scopes],
  created_at: toTime(consent.createdAtMs),
  updated_at: toTime(consent.updatedAtMs),
})

const end: AnyRoute = protectedRoute({
  name: 'end_own_consent',
  method: 'DELETE',
  path: '/v1/me/consents/:client',
  summary: 'Take back what one has allowed an app, with everything that it was given.',
  tag: 'Me',
  access: 'credential',
  responses: { 204: { description: 'Ended everywhere.' } },
  handle: async (call) => {
    const client = call.params.client ?? ''
    if (!isClientId(client)) return notFound(call)
    const answer = await endConsent(call.services.core, call.caller, client, call.facts)
    return answer.ok ? noContent() : refused(call, answer)
  },
})

export const consentReviewRoutes: readonly AnyRoute[] = [list, end]
