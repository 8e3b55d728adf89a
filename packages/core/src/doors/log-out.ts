/**
 * Signing out at the wish of a client (OpenID Connect RP-Initiated Logout 1.0): what a request says, whether the person
 * has to be asked, and where the browser goes afterwards.
 */
import { type ClientId, isClientId, type SessionId } from '@countersign/protocol'
import { type Client, isLive } from '../clients/client.ts'
import type { RequestFacts } from '../context.ts'
import { decide } from './decide.ts'
import { type IdTokenHint, readIdTokenHint } from './id-token.ts'
import type { MintContext } from './mint.ts'
import { revokeNode } from './revoke.ts'
import { nodeBehind } from './subjects.ts'

/** As they came in. Others of the specification (`logout_hint`, `ui_locales`) are passed over. */
export interface LogOutParameters {
  readonly id_token_hint?: string | undefined
  readonly client_id?: string | undefined
  readonly post_logout_redirect_uri?: string | undefined
  readonly state?: string | undefined
}

export interface LogOutRequest {
  /** Who asks, as far as that is known; it proves nothing. */
  readonly clientId: ClientId | null
  /** The session of an ID token of ours that came along. */
  readonly hintedSession: string | null
  readonly redirectUri: string | null
  readonly state: string | null
}

export type LogOutMistake = 'client_id' | 'post_logout_redirect_uri'

/**
 * An ID token that cannot be checked counts for nothing: its key may have been retired since, and somebody who wants to
 * sign out must be able to.
 */
export async function readLogOutRequest(
  context: MintContext,
  parameters: LogOutParameters,
): Promise<LogOutRequest | LogOutMistake> {
  const { id_token_hint: hint, client_id: named } = parameters
  const hinted = hint === undefined ? null : await readIdTokenHint(context, hint)
  if (named !== undefined && !isClientId(named)) return 'client_id'
  // RP-Initiated Logout §2: where both are there, they have to agree.
  if (named !== undefined && hinted !== null && hinted.clientId !== named) return 'client_id'
  const clientId = named ?? hinted?.clientId ?? null
  return {
    clientId: clientId !== null && isClientId(clientId) ? clientId : null,
    hintedSession: hinted === null ? null : await sessionOfHint(context, hinted),
    redirectUri: parameters.post_logout_redirect_uri ?? null,
    state: parameters.state ?? null,
  }
}

/** The session behind the name that the hint's own client was told. */
async function sessionOfHint(
  context: MintContext,
  { clientId, sessionId }: IdTokenHint,
): Promise<string | null> {
  const client = clientId === null ? null : await context.store.readClient(clientId)
  return client === null || sessionId === null ? sessionId : nodeBehind(context, client, sessionId)
}

export interface LogOutInput {
  readonly request: LogOutRequest
  readonly sessionToken: string | null
  /** The person has said so on a page of ours. */
  readonly isConfirmed: boolean
}

/** Only ever what the client has registered. */
export interface AfterLogOut {
  readonly redirectUri: string
  readonly state: string | null
}

export type LoggedOut =
  /** Nobody is sent anywhere, and nothing is ended. */
  | { readonly kind: 'mistake'; readonly parameter: LogOutMistake }
  | {
      readonly kind: 'ask'
      readonly client: Client | null
      readonly email: string | null
      readonly to: AfterLogOut | null
    }
  | { readonly kind: 'done'; readonly to: AfterLogOut | null; readonly position: number | null }

export async function logOut(
  context: MintContext,
  { request, sessionToken, isConfirmed }: LogOutInput,
  facts: RequestFacts,
): Promise<LoggedOut> {
  const found = request.clientId === null ? null : await context.store.readClient(request.clientId)
  const client = found !== null && isLive(found) ? found : null
  const to = addressAfter(client, request)
  if (to === 'unregistered') return { kind: 'mistake', parameter: 'post_logout_redirect_uri' }
  const decision = sessionToken === null ? null : await decide(context, sessionToken, facts.nowMs)
  if (decision === null || !decision.ok || decision.facts.session === null) {
    return { kind: 'done', to, position: null }
  }
  const { session, principal } = decision.facts
  // Whoever has the ID token of this very session is the client that it was given to, or the person. Everybody else
  // could have sent the browser here to annoy somebody (RP-Initiated Logout §6, ASVS 10.6.2).
  if (!isConfirmed && request.hintedSession !== session.id) {
    return { kind: 'ask', client, email: principal.email, to }
  }
  const position = await end(context, session.id, session.accountId, request, facts)
  return { kind: 'done', to, position }
}

/** RP-Initiated Logout §3: to the letter, with no exception for ports. */
function addressAfter(client: Client | null, request: LogOutRequest): AfterLogOut | null | 'unregistered' {
  const { redirectUri, state } = request
  if (redirectUri === null) return null
  return client?.postLogoutRedirectUris.includes(redirectUri) === true
    ? { redirectUri, state }
    : 'unregistered'
}

async function end(
  context: MintContext,
  id: SessionId,
  accountId: string,
  { clientId }: LogOutRequest,
  facts: RequestFacts,
): Promise<number | null> {
  const actor = { kind: 'account', id: accountId, credential: id } as const
  const reason = clientId === null ? 'logout' : `logout by ${clientId}`
  const ended = await revokeNode(context, { kind: 'session', id }, { actor, reason }, facts)
  return ended.ok ? ended.revocation.position : null
}
