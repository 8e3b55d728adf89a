/**
 * The authorization endpoint (OAuth 2.1 §4.1, OIDC Core §3.1.2): from a request and the session of a browser to what
 * comes next: a page that names a mistake, an answer to the client, a sign-in, a question, or a code.
 */
import { type AccountId, reachesAcr, type Secret, type SessionId } from '@countersign/protocol'
import { type AuthorizationCode, CODE_SECONDS, type Consent } from '../authorizations/code.ts'
import {
  type AuthorizationError,
  type AuthorizationParameters,
  type AuthorizationRequest,
  type ParameterName,
  type ResponseMode,
  readAuthorizationRequest,
} from '../authorizations/request.ts'
import { type Client, isLive, isVouchedFor } from '../clients/client.ts'
import { isRegisteredRedirectUri } from '../clients/redirect-uris.ts'
import type { RequestFacts } from '../context.ts'
import { isRecentAt, meets } from '../factors/assurance.ts'
import { makeAudit, makeId, makeSecret } from '../make.ts'
import type { Session } from '../sessions/session.ts'
import { audiencesFor } from './client-credentials.ts'
import { findClient, keepDocumentClient } from './client-documents.ts'
import { type DecidedFacts, decide } from './decide.ts'
import { readIdTokenHint } from './id-token.ts'
import type { MintContext } from './mint.ts'
import { accountOfSubject } from './subjects.ts'

export interface AuthorizeInput {
  readonly parameters: AuthorizationParameters
  /** When the request first came in: a sign-in since then is one that was asked for. */
  readonly startedMs: number
  /** The browser's session token, if it has one. */
  readonly sessionToken: string | null
  /** What a pushed request is used up by; null for one that came through the browser. */
  readonly pushed: { readonly key: string; readonly expiresAtMs: number } | null
  /** What the person answered to the question, once it was put. */
  readonly decision: 'allow' | 'deny' | null
}

/** Where and how the client is answered; only ever what it registered. */
export interface ReturnAddress {
  readonly redirectUri: string
  readonly mode: ResponseMode
  readonly state: string | null
}

export type Authorized =
  /** Nobody is sent anywhere: whose URI it is cannot be known. */
  | { readonly kind: 'mistake'; readonly parameter: ParameterName }
  | {
      readonly kind: 'refused'
      readonly to: ReturnAddress
      readonly error: AuthorizationError
      readonly description: string
    }
  | { readonly kind: 'sign_in'; readonly to: ReturnAddress; readonly client: Client }
  | {
      readonly kind: 'ask'
      readonly to: ReturnAddress
      readonly client: Client
      readonly sessionId: SessionId
      readonly email: string | null
      readonly request: AuthorizationRequest
      readonly audiences: readonly string[]
    }
  | { readonly kind: 'code'; readonly to: ReturnAddress; readonly code: Secret }

export async function authorize(
  context: MintContext,
  input: AuthorizeInput,
  facts: RequestFacts,
): Promise<Authorized> {
  const read = await readRequest(context, input.parameters, facts)
  if (read.kind !== 'request') return read
  const { client, to, request, audiences } = read
  const refuse = (error: AuthorizationError, description: string): Authorized => ({
    kind: 'refused',
    to,
    error,
    description,
  })
  // FAPI 2.0 §5.3.2.2: what came through the browser may have been changed there.
  if (client.profile === 'fapi2-security' && input.pushed === null) {
    return refuse('invalid_request', 'This client pushes its requests before the browser comes.')
  }
  const signedIn = await signedInAs(context, input, facts)
  if (signedIn === null || needsSignIn(read, signedIn.session, input.startedMs, facts.nowMs)) {
    if (request.prompts.has('none')) return refuse('login_required', 'Somebody has to sign in.')
    return { kind: 'sign_in', to, client }
  }
  // Somebody who has just signed in in another way: asking again and again would lead nowhere.
  if (!meets(client.assurance, signedIn.session.amr)) {
    return refuse('access_denied', 'The sign-in was not as strong as this client demands.')
  }
  // Whoever has no second factor cannot reach it by signing in once more (OIDC Core §5.5.1.1).
  if (!reachesEssential(request, signedIn.session)) {
    return refuse('unmet_authentication_requirements', 'The sign-in is not of a level that was asked for.')
  }
  if (input.decision === 'deny') return refuse('access_denied', 'The request was denied.')
  const { session, decided } = signedIn
  const asked = [...request.identityScopes, ...request.permissions]
  const consent = await context.store.readConsent(session.accountId, client.id)
  if (input.decision === null && isQuestion(client, request, to.redirectUri, consent)) {
    if (request.prompts.has('none')) return refuse('consent_required', 'Somebody has to be asked.')
    const { email } = decided.principal
    return { kind: 'ask', to, client, sessionId: session.id, email, request, audiences }
  }
  // Used up first: whatever breaks after it costs the client another push, and nobody gets two codes for one.
  if (input.pushed !== null && !(await context.store.useOnce(input.pushed))) {
    return { kind: 'mistake', parameter: 'request_uri' }
  }
  const given = input.decision === 'allow' ? toConsent(session, client, consent, asked, facts.nowMs) : null
  const order = { client, request, redirectUri: to.redirectUri, audiences, session, decided, given }
  const code = await issueCode(context, order, facts)
  return code === null ? { kind: 'mistake', parameter: 'client_id' } : { kind: 'code', to, code }
}

export type ReadRequest =
  | Extract<Authorized, { kind: 'mistake' | 'refused' }>
  | {
      readonly kind: 'request'
      readonly client: Client
      readonly to: ReturnAddress
      readonly request: AuthorizationRequest
      readonly audiences: readonly string[]
      /** Whom `id_token_hint` or the claims are about; `nobody` where that is none that this client can know. */
      readonly hinted: AccountId | 'nobody' | null
    }

/** All that can be said about a request without knowing who is asked. */
export async function readRequest(
  context: MintContext,
  parameters: AuthorizationParameters,
  facts: RequestFacts,
): Promise<ReadRequest> {
  const client = await findClient(context, parameters.client_id ?? '', facts)
  if (client === null || !isLive(client)) return { kind: 'mistake', parameter: 'client_id' }
  const redirectUri = parameters.redirect_uri
  if (redirectUri === undefined || !isRegisteredRedirectUri(client.redirectUris, redirectUri)) {
    return { kind: 'mistake', parameter: 'redirect_uri' }
  }
  const mode = parameters.response_mode === 'form_post' ? 'form_post' : 'query'
  const to: ReturnAddress = { redirectUri, mode, state: parameters.state ?? null }
  const refuse = (error: AuthorizationError, description: string): ReadRequest => ({
    kind: 'refused',
    to,
    error,
    description,
  })
  const read = readAuthorizationRequest(toAsker(client), parameters)
  if (!read.ok) return refuse(read.error, read.description)
  const { request } = read
  // An ID token under a key that is shared by configuration would be one that its reader could have made.
  if (request.identityScopes.includes('openid') && context.policy.signingAlgorithm === 'HS256') {
    return refuse('invalid_scope', 'This server signs with a shared key and issues no ID tokens.')
  }
  const audiences = audiencesFor(context, client, request.audiences)
  if (audiences === null)
    return refuse('invalid_target', 'The resource is not one that this client may name.')
  const hint = request.idTokenHint === null ? null : await readIdTokenHint(context, request.idTokenHint)
  const fromHint = hint?.subject ?? null
  const subject = request.subject ?? fromHint
  if (request.idTokenHint !== null && fromHint === null) {
    return refuse('invalid_request', 'The id_token_hint is no ID token of this issuer.')
  }
  if (fromHint !== null && fromHint !== subject) {
    return refuse('invalid_request', 'The id_token_hint and the claims name two people.')
  }
  // In the names of whoever asks, and not of the hint's own client: or two of them could find out whether they know the
  // same person, by trying one's ID token at the other's door.
  const meant = subject === null ? null : await accountOfSubject(context, client, subject)
  const hinted = subject === null ? null : (meant ?? 'nobody')
  return { kind: 'request', client, to, request, audiences, hinted }
}

const toAsker = (client: Client) => ({
  mayUseCodes: client.grantTypes.includes('authorization_code'),
  mayOmitPkce: client.profile === 'oidc-basic' && client.kind === 'confidential',
  scopes: client.scopes,
})

interface SignedInAs {
  readonly session: Session
  readonly decided: DecidedFacts
}

async function signedInAs(
  context: MintContext,
  { sessionToken }: AuthorizeInput,
  facts: RequestFacts,
): Promise<SignedInAs | null> {
  if (sessionToken === null) return null
  const decision = await decide(context, sessionToken, facts.nowMs)
  if (!decision.ok || decision.facts.session === null) return null
  return { session: decision.facts.session, decided: decision.facts }
}

function needsSignIn(
  { request, hinted, client }: Extract<ReadRequest, { kind: 'request' }>,
  session: Session,
  startedMs: number,
  nowMs: number,
): boolean {
  if (hinted !== null && hinted !== session.accountId) return true
  // A sign-in since the request began is the one that was asked for; an account without a second factor stays at
  // its level, which the client then reads in the token.
  if (session.authTimeMs >= startedMs) return false
  if (request.prompts.has('login') || request.prompts.has('select_account')) return true
  if (!meets(client.assurance, session.amr)) return true
  if (!isRecentAt(client.assurance, nowMs - session.authTimeMs)) return true
  const { maxAgeSeconds, acrWanted } = request
  if (maxAgeSeconds !== null && nowMs - session.authTimeMs > maxAgeSeconds * 1000) return true
  if (!reachesEssential(request, session)) return true
  return acrWanted !== null && !reachesAcr(session.acr, acrWanted)
}

const reachesEssential = ({ acrEssential }: AuthorizationRequest, session: Session): boolean =>
  acrEssential !== 'unknown' &&
  (acrEssential.length === 0 || acrEssential.some((acr) => reachesAcr(session.acr, acr)))

/**
 * Whether the person has to be asked. What was allowed before is remembered, but not for an app that only claims to
 * be this client: behind a private scheme or a loopback port anybody may listen (RFC 8252 §8.6, OAuth 2.1 §7.3.1).
 * Nor for one that nobody of this server has looked at: what it says of itself may have been made up a minute ago.
 */
function isQuestion(
  client: Client,
  request: AuthorizationRequest,
  redirectUri: string,
  consent: Consent | null,
): boolean {
  const isProven = client.kind === 'confidential' || redirectUri.startsWith('https://')
  if (consent === null || !isProven || !isVouchedFor(client) || request.prompts.has('consent')) return true
  const asked: readonly string[] = [...request.identityScopes, ...request.permissions]
  return !asked.every((scope) => consent.scopes.includes(scope))
}

function toConsent(
  session: Session,
  client: Client,
  before: Consent | null,
  asked: readonly string[],
  nowMs: number,
): Consent {
  return {
    accountId: session.accountId,
    clientId: client.id,
    scopes: [...new Set([...(before?.scopes ?? []), ...asked])],
    createdAtMs: before?.createdAtMs ?? nowMs,
    updatedAtMs: nowMs,
  }
}

interface CodeOrder {
  readonly client: Client
  readonly request: AuthorizationRequest
  readonly redirectUri: string
  readonly audiences: readonly string[]
  readonly session: Session
  readonly decided: DecidedFacts
  readonly given: Consent | null
}

/** Null where the client is gone meanwhile: one that was never used is swept in time. */
async function issueCode(
  context: MintContext,
  order: CodeOrder,
  facts: RequestFacts,
): Promise<Secret | null> {
  const { client, request, session, given } = order
  const actor = { kind: 'account', id: session.accountId, credential: session.id } as const
  const isFirstUse = !isVouchedFor(client) && client.usedAtMs === null
  // From now on there is something that it can be ended by.
  if (isFirstUse && client.registration === 'document') {
    if (!(await keepDocumentClient(context, client, actor, facts))) return null
  }
  const secret = makeSecret(context.random)
  const code: AuthorizationCode = {
    grantId: makeId(context, 'gra', facts.nowMs),
    clientId: client.id,
    accountId: session.accountId,
    sessionId: session.id,
    redirectUri: order.redirectUri,
    codeChallenge: request.codeChallenge,
    dpopJkt: request.dpopJkt,
    permissions: request.permissions,
    identityScopes: request.identityScopes,
    audiences: order.audiences,
    nonce: request.nonce,
    issuedPosition: order.decided.head.position,
    createdAtMs: facts.nowMs,
    expiresAtMs: facts.nowMs + CODE_SECONDS * 1000,
  }
  const issued = await context.store.issueAuthorizationCode({
    code,
    isFirstUse,
    digest: context.secrets.digest(secret),
    consent: given,
    audit: makeAudit(context, facts, {
      type: given === null ? 'authorization.repeated' : 'authorization.allowed',
      actor,
      target: { kind: 'client', id: client.id },
      details: {
        grant: code.grantId,
        scopes: [...request.identityScopes, ...request.permissions].join(' '),
      },
    }),
  })
  return issued === 'issued' ? secret : null
}
