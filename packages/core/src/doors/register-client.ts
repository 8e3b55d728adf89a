/**
 * A client that registers itself (RFC 7591 §3). Its metadata keeps the rules that an administrator's keep, and those of
 * the fence on top; it is nobody's word but its own, which people are told when they are asked.
 */
import { ID_RANDOM_BYTES, parseInitialAccessToken, type Secret, toIdBody } from '@countersign/protocol'
import type { AuditDetails } from '../audit/event.ts'
import { ANONYMOUS } from '../caller.ts'
import { type Client, type ClientSettings, hasSecret, kindOf } from '../clients/client.ts'
import {
  fenceMistake,
  type InitialAccessToken,
  type RegistrationInput,
  type RegistrationMistake,
} from '../clients/registration.ts'
import { clientMistake, type Mistake } from '../clients/rules.ts'
import type { Context, RequestFacts } from '../context.ts'
import { makeAudit, makeSecret } from '../make.ts'
import { serverMistake, spellClientSecret, toStoredSecret } from './clients.ts'
import type { MintContext } from './mint.ts'
import { sectorMistake } from './subjects.ts'

export type Registered =
  | { readonly ok: true; readonly client: Client; readonly secret: Secret | null }
  | ({ readonly ok: false } & RegistrationMistake)
  /** `invalid_token`: an initial access token is missing, or not good. `full`: too many wait to be used. */
  | { readonly ok: false; readonly error: 'invalid_token' | 'full' }

/** Call it only where registration is not off. `presented`: the initial access token, as it came. */
export async function registerClient(
  context: MintContext,
  input: RegistrationInput,
  presented: string | null,
  facts: RequestFacts,
): Promise<Registered> {
  const { registration } = context.policy
  // One that is shown has to be good, also where none is needed: a bad credential is never taken for none.
  const found = presented === null ? null : await findToken(context, presented, facts.nowMs)
  if (found === null && (presented !== null || registration.mode !== 'open')) {
    return { ok: false, error: 'invalid_token' }
  }
  const settings = toRegistered(context, input)
  const mistake = await registrationMistake(context, settings, true)
  if (mistake !== null) return { ok: false, ...mistake }
  const client: Client = {
    ...settings,
    id: `self-${toIdBody(facts.nowMs, context.random.bytes(ID_RANDOM_BYTES))}`,
    kind: kindOf(settings.authMethod),
    registration: 'self',
    usedAtMs: null,
    createdAtMs: facts.nowMs,
    disabledAtMs: null,
    endedAtMs: null,
    revokedBefore: 0,
  }
  const secret = hasSecret(client.authMethod) ? makeSecret(context.random) : null
  const answer = await context.store.registerClient({
    client,
    ...toStoredSecret(context, client, secret),
    tokenDigest: found?.digest ?? null,
    unusedMax: registration.unusedMax,
    nowMs: facts.nowMs,
    audit: makeAudit(context, facts, toEvent(client, found?.token ?? null)),
  })
  if (answer === 'token_gone') return { ok: false, error: 'invalid_token' }
  if (answer === 'full') return { ok: false, error: 'full' }
  return { ok: true, client, secret: spellClientSecret(context, secret) }
}

function findToken(context: MintContext, presented: string, nowMs: number) {
  const secret = parseInitialAccessToken(presented, context.policy.credentialStyle)
  if (secret === null) return null
  return context.store.findInitialAccessToken(context.secrets.digests(secret), nowMs)
}

/** With PKCE always, for nobody but who allows it, and never with the trust of the first party. */
export function toRegistered(
  { policy }: Pick<Context, 'policy'>,
  { scopes, ...said }: RegistrationInput,
): ClientSettings {
  const { fence } = policy.registration
  return {
    ...said,
    scopes: scopes ?? fence.scopes,
    profile: 'oauth2.1',
    audiences: fence.audiences,
    // It would have us call an address of a stranger's choice whenever somebody signs out.
    backchannelLogoutUri: null,
    serviceAccountId: null,
    assurance: null,
  }
}

/** The first thing that is wrong, in the words of RFC 7591 §3.2.2. `again`: as for `sectorMistake`. */
export async function registrationMistake(
  context: Context,
  settings: ClientSettings,
  again: boolean,
): Promise<RegistrationMistake | null> {
  const { idTokenAlgorithm } = settings
  const isServers = idTokenAlgorithm === null || idTokenAlgorithm === context.policy.signingAlgorithm
  if (!isServers) {
    // Keys for another one would be made for whoever asks.
    const description = 'ID tokens of clients that register themselves are signed as the server signs.'
    return { error: 'invalid_client_metadata', description }
  }
  const over = fenceMistake(context.policy.registration.fence, settings)
  if (over !== null) return over
  const mistake =
    serverMistake(context, settings) ??
    (await clientMistake(settings)) ??
    (await sectorMistake(context.strangersDocuments, settings, again))
  return mistake === null ? null : toRegistrationMistake(mistake)
}

const toRegistrationMistake = ({ path, message }: Mistake): RegistrationMistake => ({
  error: path.startsWith('redirect_uris') ? 'invalid_redirect_uri' : 'invalid_client_metadata',
  description: message,
})

/** What the audit log keeps of a client that nobody of this server has looked at. */
export const toldOf = ({ name, authMethod, scopes, redirectUris }: ClientSettings): AuditDetails => ({
  name,
  method: authMethod,
  scopes: scopes.join(' '),
  redirects: redirectUris.join(' '),
})

const toEvent = (client: Client, token: InitialAccessToken | null) => ({
  type: 'client.registered',
  actor: { ...ANONYMOUS, credential: token?.id ?? null },
  target: { kind: 'client', id: client.id },
  details: toldOf(client),
})
