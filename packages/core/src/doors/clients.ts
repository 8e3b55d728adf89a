/**
 * What administrators do with OAuth clients: create, change, give a new secret, end. Nobody makes or changes a
 * client that may be given more than they hold: whoever has its secret could then be given it.
 */
import {
  type ClientId,
  FIRST_PARTY_CLIENT,
  isFapiAlgorithm,
  isPermission,
  permissions as own,
  type Secret,
  type ServiceAccountId,
  toClientSecret,
} from '@countersign/protocol'
import { type Caller, may, toActor } from '../caller.ts'
import { type Client, type ClientSettings, hasSecret, kindOf, signsWithSecret } from '../clients/client.ts'
import { clientMistake, type Mistake } from '../clients/rules.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { makeAudit, makeSecret } from '../make.ts'
import { type Outcome, refuse, refuseField } from '../outcome.ts'
import { sealClientSecret } from './client-secret-jwt.ts'
import type { MintContext } from './mint.ts'
import { mayGive } from './principals.ts'
import { provideIdTokenKey } from './signing-keys.ts'
import { sectorMistake } from './subjects.ts'

/** The newest secret and those in overlap. */
export const CLIENT_SECRETS_MAX = 4

export interface ClientWithSecret {
  readonly client: Client
  /** The only time that it is shown; null for clients that authenticate without one. */
  readonly secret: Secret | null
}

export async function createClient(
  context: MintContext,
  caller: Caller,
  input: ClientSettings & { readonly id: ClientId },
  facts: RequestFacts,
): Promise<Outcome<ClientWithSecret>> {
  if (!may(caller, own.clientsWrite)) return refuse('permission_denied')
  const mistake = await settingsMistake(context, input, true)
  if (mistake !== null) return refuseField(mistake.path, mistake.message)
  if (!mayBind(caller, input.serviceAccountId)) return refuse('permission_denied')
  if (!mayGive(caller, input.scopes.filter(isPermission))) return refuse('permission_exceeds_own')
  await provideIdTokenKey(context, input.idTokenAlgorithm, caller, facts)
  const secret = hasSecret(input.authMethod) ? makeSecret(context.random) : null
  const client: Client = {
    ...input,
    kind: kindOf(input.authMethod),
    registration: 'administrator',
    usedAtMs: null,
    createdAtMs: facts.nowMs,
    disabledAtMs: null,
    endedAtMs: null,
    revokedBefore: 0,
  }
  const created = await context.store.createClient({
    client,
    ...toStoredSecret(context, client, secret),
    audit: makeAudit(context, facts, {
      type: 'client.created',
      actor: toActor(caller),
      target: { kind: 'client', id: client.id },
      details: { name: client.name, method: client.authMethod, scopes: client.scopes.join(' ') },
    }),
  })
  // An id that was taken once stays taken: its tokens may still be out, and people remember the name.
  if (created === 'exists') return refuse('conflict')
  if (created === 'service_account_gone') return noServiceAccount()
  return { ok: true, client, secret: spellClientSecret(context, secret) }
}

/** A client's secret is as good as a key of the service account that it speaks for. */
const mayBind = (caller: Caller, id: ServiceAccountId | null): boolean =>
  id === null || may(caller, own.serviceAccountsWrite)

const noServiceAccount = () => refuseField('service_account_id', 'There is no such service account.')

/** The digest of a secret, and the secret itself sealed where the client signs with it. */
export function toStoredSecret(
  context: Context,
  { id, authMethod }: Pick<Client, 'id' | 'authMethod'>,
  secret: Secret | null,
): { secretDigest: string | null; sealedSecret: string | null } {
  const spelled = spellClientSecret(context, secret)
  if (secret === null || spelled === null) return { secretDigest: null, sealedSecret: null }
  const secretDigest = context.secrets.digest(secret)
  const isSigned = signsWithSecret(authMethod)
  return {
    secretDigest,
    sealedSecret: isSigned ? sealClientSecret(context, id, secretDigest, spelled) : null,
  }
}

export const spellClientSecret = (context: Context, secret: Secret | null): Secret | null =>
  secret === null ? null : toClientSecret(context.policy.credentialStyle, secret)

export async function changeClient(
  context: MintContext,
  caller: Caller,
  id: ClientId,
  change: Partial<ClientSettings> & { readonly disabled?: boolean },
  facts: RequestFacts,
): Promise<Outcome<{ client: Client }>> {
  const allowed = await mayTouchClient(context, caller, id)
  if (!allowed.ok) return allowed
  const { disabled, ...settings } = change
  // What its document says would count again the next time.
  if (allowed.client.registration === 'document' && Object.keys(settings).length > 0)
    return refuse('conflict')
  const wanted = { ...allowed.client, ...settings }
  const isMoved = 'redirectUris' in settings || 'subjectType' in settings || 'sectorIdentifierUri' in settings
  const mistake = await settingsMistake(context, wanted, isMoved)
  if (mistake !== null) return refuseField(mistake.path, mistake.message)
  if (!mayBind(caller, settings.serviceAccountId ?? null)) return refuse('permission_denied')
  if (!mayGive(caller, (settings.scopes ?? []).filter(isPermission))) return refuse('permission_exceeds_own')
  // Only where it is asked for now: a client that is being disabled waits for no key.
  await provideIdTokenKey(context, settings.idTokenAlgorithm ?? null, caller, facts)
  const answer = await context.store.changeClient({
    id,
    change: settings,
    ...(disabled !== undefined && { disabledAtMs: disabled ? facts.nowMs : null }),
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'client.changed',
      actor: toActor(caller),
      target: { kind: 'client', id },
      details: {
        fields: Object.keys(change).join(' '),
        ...(settings.scopes && { scopes: settings.scopes.join(' ') }),
      },
    }),
  })
  if (answer === 'service_account_gone') return noServiceAccount()
  if (answer === 'not_found') return refuse('not_found')
  await context.feed.catchUp()
  const client = await context.store.readClient(id)
  return client === null ? refuse('not_found') : { ok: true, client }
}

export async function rotateClientSecret(
  context: Context,
  caller: Caller,
  id: ClientId,
  overlapSeconds: number,
  facts: RequestFacts,
): Promise<Outcome<ClientWithSecret>> {
  const allowed = await mayTouchClient(context, caller, id)
  if (!allowed.ok) return allowed
  if (!hasSecret(allowed.client.authMethod)) return refuse('conflict')
  const secret = makeSecret(context.random)
  const { secretDigest, sealedSecret } = toStoredSecret(context, allowed.client, secret)
  const answer = await context.store.rotateClientSecret({
    id,
    digest: secretDigest ?? context.secrets.digest(secret),
    sealed: sealedSecret,
    overlapEndsAtMs: facts.nowMs + overlapSeconds * 1000,
    secretsMax: CLIENT_SECRETS_MAX,
    nowMs: facts.nowMs,
    audit: makeAudit(context, facts, {
      type: 'client.secret_rotated',
      actor: toActor(caller),
      target: { kind: 'client', id },
      details: { overlap_seconds: overlapSeconds },
    }),
  })
  if (answer !== 'rotated') return refuse(answer)
  return { ok: true, client: allowed.client, secret: spellClientSecret(context, secret) }
}

export async function endClient(
  context: Context,
  caller: Caller,
  id: ClientId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const allowed = await mayTouchClient(context, caller, id)
  if (!allowed.ok) return allowed
  const answer = await context.store.endClient({
    id,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'client.ended',
      actor: toActor(caller),
      target: { kind: 'client', id },
    }),
  })
  if (answer !== 'ended') return refuse(answer)
  await context.feed.catchUp()
  return { ok: true }
}

/** `isMoved`: which sector it belongs to is to be shown again. */
async function settingsMistake(
  context: Context,
  settings: ClientSettings,
  isMoved: boolean,
): Promise<Mistake | null> {
  const mistake = serverMistake(context, settings) ?? (await clientMistake(settings))
  if (mistake !== null || !isMoved) return mistake
  return sectorMistake(context.documents, settings, true)
}

/** A profile promises what the tokens are signed with, which is a setting of the server. */
export function serverMistake(
  { policy }: Context,
  { profile, idTokenAlgorithm }: ClientSettings,
): Mistake | null {
  if (idTokenAlgorithm !== null && policy.signingAlgorithm === 'HS256') {
    const message = 'This server signs with a shared key and issues no ID tokens.'
    return { path: 'id_token_signed_response_alg', message }
  }
  if (profile !== 'fapi2-security' || isFapiAlgorithm(policy.signingAlgorithm)) return null
  return { path: 'profile', message: 'This profile needs a server that signs with ES256 or EdDSA.' }
}

/** The first party's client is no setting: sessions and keys hang under it. */
export async function mayTouchClient(
  context: Context,
  caller: Caller,
  id: ClientId,
): Promise<Outcome<{ client: Client }>> {
  if (!may(caller, own.clientsWrite)) return refuse('permission_denied')
  const client = await context.store.readClient(id)
  if (client === null) return refuse('not_found')
  if (id === FIRST_PARTY_CLIENT) return refuse('conflict')
  if (!mayBind(caller, client.serviceAccountId)) return refuse('permission_denied')
  return mayGive(caller, client.scopes.filter(isPermission))
    ? { ok: true, client }
    : refuse('permission_exceeds_own')
}
