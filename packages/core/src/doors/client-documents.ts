/**
 * Clients that nobody registers: their id is the URL of a document in which they describe themselves
 * (draft-ietf-oauth-client-id-metadata-document). The document is the client, each time that it is used; the row that is
 * kept once somebody has allowed it something is what ends, is disabled, and has tokens under it.
 */
import { type ClientId, isClientDocumentUrl } from '@countersign/protocol'
import type { AuditActor } from '../audit/event.ts'
import { ANONYMOUS } from '../caller.ts'
import { type Client, isLive, kindOf, settingsOf } from '../clients/client.ts'
import { cutToFence } from '../clients/registration.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import { registrationMistake, toldOf, toRegistered } from './register-client.ts'

/** Any client by its id, also one that has ended or was never seen; null where nothing is known of it. */
export async function findClient(
  context: Context,
  id: ClientId,
  facts: RequestFacts,
): Promise<Client | null> {
  if (!isClientDocumentUrl(id)) return context.store.readClient(id)
  const { found } = await context.store.readClientToIssue(id)
  return readDocumentClient(context, id, found?.client ?? null, facts)
}

/**
 * The client as its document says now, and as it is kept here: `kept` is null for one that nobody has allowed anything
 * yet. Null where the document cannot be had or is not good: what a client is now cannot be known then.
 */
export async function readDocumentClient(
  context: Context,
  id: ClientId,
  kept: Client | null,
  facts: RequestFacts,
): Promise<Client | null> {
  // Whoever ended it wants nothing more of it, nor calls to where it says that it is.
  if (kept !== null && !isLive(kept)) return kept
  // Read again where it is no good: a mistake that was mended counts at once, as often as the port allows.
  const settings = (await readSettings(context, id, false)) ?? (await readSettings(context, id, true))
  if (settings === null) return null
  const client: Client = {
    createdAtMs: facts.nowMs,
    usedAtMs: null,
    disabledAtMs: null,
    endedAtMs: null,
    revokedBefore: 0,
    ...kept,
    ...settings,
    id,
    kind: kindOf(settings.authMethod),
    registration: 'document',
  }
  if (kept === null || JSON.stringify(settingsOf(kept)) === JSON.stringify(settingsOf(client))) return client
  return (await keepDocumentClient(context, client, ANONYMOUS, facts)) ? client : null
}

async function readSettings(context: Context, id: ClientId, again: boolean) {
  const said = await context.clientDocuments.read(id, again)
  if (said === null) return null
  const settings = toRegistered(context, cutToFence(context.policy.registration.fence, said))
  // Without these it could not ask for anything.
  const isComplete = settings.grantTypes.includes('authorization_code') && settings.redirectUris.length > 0
  return isComplete && (await registrationMistake(context, settings, again)) === null ? settings : null
}

/** Keeps what the document says; false where the client was ended meanwhile. */
export async function keepDocumentClient(
  context: Context,
  client: Client,
  actor: AuditActor,
  facts: RequestFacts,
): Promise<boolean> {
  const kept = await context.store.keepDocumentClient({
    client,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'client.learned',
      actor,
      target: { kind: 'client', id: client.id },
      details: toldOf(client),
    }),
  })
  if (kept === 'client_gone') return false
  // Where its tokens are made otherwise from now on, this process knows it before it makes one.
  await context.feed.catchUp()
  return true
}
