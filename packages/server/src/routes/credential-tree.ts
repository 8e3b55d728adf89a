/** The credential tree of one principal, and the processes that hear of its revocations. */
import { type Grant, type IssuedTokens, listIssuedTokens, listLivingSessions } from '@countersign/core'
import {
  type CredentialTreeResponse,
  type GrantShape,
  type IssuedTokensShape,
  isAccountId,
  isServiceAccountId,
  permissions as own,
  type PrincipalId,
  type VerifiersResponse,
} from '@countersign/protocol'
import { json, type Reply } from '../http/reply.ts'
import { type AnyRoute, type Call, protectedRoute } from '../http/route.ts'
import { credentialTreeSchema, verifiersSchema } from '../schemas/credential-tree.ts'
import { notFound } from './answer.ts'
import { toPrincipalShape, toSessionDetail, toTime } from './shapes.ts'

/** More than anybody looks at one by one; the rest is ended with what they hang under. */
const GRANTS_MAX = 200
const VERIFIERS_MAX = 500
const LABEL_CHARACTERS = 8

type TreeCall = Call<undefined, undefined, unknown>

const TEXT = {
  method: 'GET',
  tag: 'Revoking',
  access: { permission: own.sessionsRead },
  responses: { 200: { description: 'What lives under it now.', schema: credentialTreeSchema } },
} as const

const ofAccount: AnyRoute = protectedRoute({
  ...TEXT,
  name: 'read_account_tree',
  path: '/v1/accounts/:id/tree',
  summary: 'The sessions and grants of an account.',
  handle: async (call) => {
    const id = call.params.id ?? ''
    const { store } = call.services.core
    if (!isAccountId(id) || (await store.readAccount(id)) === null) return notFound(call)
    // A use that waits to be written should show in what is looked at.
    await call.services.usage.flush()
    const sessions = await listLivingSessions(call.services.core, id, call.facts.nowMs)
    return tree(
      call,
      id,
      sessions.map((session) => toSessionDetail(session, null)),
    )
  },
})

const ofServiceAccount: AnyRoute = protectedRoute({
  ...TEXT,
  name: 'read_service_account_tree',
  path: '/v1/service-accounts/:id/tree',
  summary: 'The grants of a service account.',
  handle: async (call) => {
    const id = call.params.id ?? ''
    const { store } = call.services.core
    if (!isServiceAccountId(id) || (await store.readServiceAccount(id)) === null) return notFound(call)
    return tree(call, id, [])
  },
})

async function tree(
  call: TreeCall,
  id: PrincipalId,
  sessions: CredentialTreeResponse['sessions'],
): Promise<Reply> {
  const found = await call.services.core.store.listGrants(id, call.facts.nowMs, GRANTS_MAX + 1)
  const grants = found.slice(0, GRANTS_MAX).map(toGrantShape)
  const issued = await listIssuedTokens(call.services.core, id, call.facts.nowMs)
  const answer: CredentialTreeResponse = {
    sessions,
    grants,
    grants_complete: found.length <= GRANTS_MAX,
    access_tokens: issued.tokens.map(toIssuedShape),
    access_tokens_complete: issued.isComplete,
  }
  return json(200, answer)
}

const toIssuedShape = ({ under, count, latestAtMs, endsByMs }: IssuedTokens): IssuedTokensShape => ({
  under,
  count,
  latest_at: toTime(latestAtMs),
  ends_by: toTime(endsByMs),
})

export const toGrantShape = (grant: Grant): GrantShape => ({
  id: grant.id,
  client_id: grant.clientId,
  session_id: grant.sessionId,
  permissions: [...grant.scope],
  audiences: [...grant.audiences],
  created_at: toTime(grant.createdAtMs),
  expires_at: toTime(grant.expiresAtMs),
})

const verifiers: AnyRoute = protectedRoute({
  name: 'list_verifiers',
  method: 'GET',
  path: '/v1/verifiers',
  summary: 'The processes that follow the revocation log at this node, and how far each has applied it.',
  tag: 'Revoking',
  access: { permission: own.revocationsRead },
  responses: { 200: { description: 'Those furthest behind first.', schema: verifiersSchema } },
  handle: ({ services }) => {
    const { feed } = services
    const followers = feed.followers()
    const head = feed.head()?.position ?? 0
    const answer: VerifiersResponse = {
      items: followers.slice(0, VERIFIERS_MAX).map(({ id, isOwn, principal, position, askedMsAgo }) => ({
        // The whole name would let its reader acknowledge what that verifier has not seen.
        label: id.slice(0, LABEL_CHARACTERS),
        own: isOwn,
        principal: principal === null ? null : toPrincipalShape(principal),
        position,
        behind: Math.max(0, head - position),
        asked_ms_ago: Math.round(askedMsAgo),
      })),
      next_cursor: null,
      count: followers.length,
      position: head,
      lease_ms: feed.longestLeaseMs(),
      knows_all: feed.stats().knowsAll,
    }
    return json(200, answer)
  },
})

export const credentialTreeRoutes: readonly AnyRoute[] = [ofAccount, ofServiceAccount, verifiers]
