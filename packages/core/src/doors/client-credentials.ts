/**
 * The grant client_credentials (OAuth 2.1 §4.2): a client is given an access token for the service account that
 * it speaks for. There is no refresh token: it can ask again.
 */
import { allowsAll, narrow, type Permission } from '@countersign/protocol'
import { type Client, permissionsOf } from '../clients/client.ts'
import type { Context, RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import type { KnownClient } from './client-authentication.ts'
import { principalDeath } from './held-session.ts'
import { type MintContext, type MintedToken, mintAccessToken } from './mint.ts'
import { asTheyAre } from './subjects.ts'

export interface ClientCredentialsInput {
  /** Null asks for everything that the client may have. */
  readonly scope: readonly Permission[] | null
  /** `audience` or `resource` parameters; empty asks for all of the client's. */
  readonly audiences: readonly string[]
  /** The key that was proven with the request; null for none. */
  readonly jkt: string | null
}

export type IssuedToClient =
  | { readonly ok: true; readonly access: MintedToken }
  | {
      readonly ok: false
      readonly error:
        | 'unauthorized_client'
        | 'invalid_client'
        | 'invalid_scope'
        | 'invalid_target'
        | 'invalid_dpop_proof'
    }

export async function issueToClient(
  context: MintContext,
  { client, head, principal }: KnownClient,
  input: ClientCredentialsInput,
  facts: RequestFacts,
): Promise<IssuedToClient> {
  if (client.kind !== 'confidential' || !client.grantTypes.includes('client_credentials')) {
    return { ok: false, error: 'unauthorized_client' }
  }
  if (client.dpopBound && input.jkt === null) return { ok: false, error: 'invalid_dpop_proof' }
  // Whatever the service account is dead for, the client has nobody to speak for.
  if (principal === null || principalDeath(principal, head.position) !== null) {
    return { ok: false, error: 'invalid_client' }
  }
  const held = narrow(permissionsOf(client), principal.rights.permissions)
  const permissions = input.scope ?? held
  if (!allowsAll(held, permissions)) return { ok: false, error: 'invalid_scope' }
  const audiences = audiencesFor(context, client, input.audiences)
  if (audiences === null) return { ok: false, error: 'invalid_target' }
  const parents = { session: null, grant: null, apiKey: null, jkt: input.jkt }
  // A service account is no person's, and the client knows it as its own.
  const whose = { head, principal, clientId: client.id, naming: asTheyAre }
  const order = { ...whose, permissions, audiences, ...parents }
  const access = mintAccessToken(context, order, facts.nowMs)
  if (access === null) throw new Error('A token without a parent ended before it began.')
  await context.gathered.append(
    makeAudit(context, facts, {
      type: 'client.token_issued',
      actor: { kind: principal.kind, id: principal.id, credential: null },
      target: { kind: 'client', id: client.id },
    }),
  )
  return { ok: true, access }
}

/** What a token of this client is for, where it asks for these; null where one is not among its own. */
export function audiencesFor(
  { policy }: Pick<Context, 'policy'>,
  client: Client,
  asked: readonly string[],
): readonly string[] | null {
  const own = client.audiences.length > 0 ? client.audiences : policy.audiences
  if (asked.length === 0) return own
  return asked.every((audience) => own.includes(audience)) ? asked : null
}
