/** The grant client_credentials (OAuth 2.1 §4.2). */
import { issueToClient } from '@countersign/core'
import { isServiceAccountId, type OAuthErrorCode, toProgramName } from '@countersign/protocol'
import { oauthError, type Reply, tokenJson } from '../../http/reply.ts'
import { identifyClient } from '../client-of-request.ts'
import {
  proofDescriptions,
  proveKey,
  readAudiences,
  readScope,
  TOKEN_PATH,
  type TokenCall,
  toTokenResponse,
} from './token-call.ts'

export const CLIENT_CREDENTIALS = 'client_credentials'

export async function clientCredentialsGrant(call: TokenCall): Promise<Reply> {
  const client = await identifyClient(call, null)
  if (!client.ok) return client.reply
  if (client.known === null) return oauthError('unauthorized_client', descriptions.unauthorized_client)
  const scope = readScope(call.body.scope)
  if (scope === undefined) return oauthError('invalid_scope', 'The scope is malformed.')
  const proven = await proveKey(call, TOKEN_PATH)
  if (!proven.ok) return proven.reply
  const input = { scope, audiences: readAudiences(call.body), jkt: proven.jkt }
  const answer = await issueToClient(call.services.core, client.known, input, call.facts)
  if (!answer.ok) return oauthError(answer.error, descriptions[answer.error])
  watchProgram(call, client.known.principal?.id ?? null)
  return tokenJson(toTokenResponse(answer.access))
}

/** Its access tokens are checked by signature and reported by nobody: where they are fetched is what can be seen. */
function watchProgram({ services, facts }: TokenCall, id: string | null): void {
  if (id === null || !isServiceAccountId(id)) return
  const { nowMs: atMs, address, userAgent } = facts
  services.programs.note(id, { atMs, address, agent: toProgramName(userAgent), count: 1 })
}

const descriptions = {
  invalid_dpop_proof: proofDescriptions.invalid_dpop_proof,
  unauthorized_client: 'This client is not registered for this grant type.',
  invalid_client: 'There is nobody that this client could speak for.',
  invalid_scope: 'The scope asks for more than may be given.',
  invalid_target: 'The audience is not one that this client may be given tokens for.',
} as const satisfies Partial<Record<OAuthErrorCode, string>>
