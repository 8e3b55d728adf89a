/**
 * Who is the client at the token endpoint (RFC 6749 §2.3). It may prove itself in the one way that it was
 * registered with and in no other, so that a stronger way cannot be got around by a weaker one.
 */
import {
  type ClientId,
  isClientDocumentUrl,
  parseClientSecret,
  type RefusalReason,
  type Secret,
} from '@countersign/protocol'
import { ANONYMOUS } from '../caller.ts'
import { type Client, type ClientSecret, isLive } from '../clients/client.ts'
import type { Context, RequestFacts } from '../context.ts'
import { makeAudit } from '../make.ts'
import type { LogHead } from '../revocations/revocation.ts'
import type { PrincipalView } from '../store-port.ts'
import { assertionRefusal } from './client-assertion.ts'
import { readDocumentClient } from './client-documents.ts'

export type PresentedClient =
  | { readonly method: 'none'; readonly id: ClientId }
  /** Signed with a key or with a secret: the client is held to what it is registered with. */
  | { readonly method: 'client_assertion'; readonly id: ClientId; readonly assertion: string }
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post'
      readonly id: ClientId
      readonly secret: Secret
    }

export interface KnownClient {
  readonly client: Client
  /** Read before the client and its principal, so that what is issued to it can carry the position. */
  readonly head: LogHead
  readonly principal: PrincipalView | null
}

export type ClientAuthentication =
  | ({ readonly ok: true } & KnownClient)
  | { readonly ok: false; readonly reason: RefusalReason }

export async function authenticateClient(
  context: Context,
  presented: PresentedClient,
  facts: RequestFacts,
): Promise<ClientAuthentication> {
  const { head, found } = await context.store.readClientToIssue(presented.id)
  const kept = found?.client ?? null
  const isDocument = isClientDocumentUrl(presented.id)
  const client = isDocument ? await readDocumentClient(context, presented.id, kept, facts) : kept
  // Ids of clients are public (they stand in every authorization URL), so that there is nothing to hide by time.
  if (client === null) return { ok: false, reason: 'unknown' }
  const { principal, secrets } = found ?? { principal: null, secrets: [] }
  const reason = await refusalOf(context, client, secrets, presented, facts.nowMs)
  if (reason === null) return { ok: true, client, head, principal }
  const draft = {
    type: 'client.refused',
    outcome: 'refused',
    actor: ANONYMOUS,
    target: { kind: 'client', id: client.id },
    details: { method: presented.method, reason },
  } as const
  await context.store.appendAudit([makeAudit(context, facts, draft)])
  return { ok: false, reason }
}

async function refusalOf(
  context: Context,
  client: Client,
  secrets: readonly ClientSecret[],
  presented: PresentedClient,
  nowMs: number,
): Promise<RefusalReason | null> {
  if (client.endedAtMs !== null) return 'ended'
  if (!isLive(client)) return 'principal_disabled'
  if (!isBy(client, presented.method)) return 'wrong_type'
  switch (presented.method) {
    case 'none':
      return null
    case 'client_assertion':
      return assertionRefusal(context, client, secrets, presented.assertion, nowMs)
    default:
      return secretRefusal(context, secrets, presented.secret, nowMs)
  }
}

const isBy = ({ authMethod }: Client, method: PresentedClient['method']): boolean =>
  method === 'client_assertion'
    ? authMethod === 'private_key_jwt' || authMethod === 'client_secret_jwt'
    : authMethod === method

function secretRefusal(
  context: Context,
  secrets: readonly ClientSecret[],
  presented: Secret,
  nowMs: number,
): RefusalReason | null {
  const secret = parseClientSecret(presented.reveal(), context.policy.credentialStyle)
  if (secret === null) return 'malformed'
  const known = secrets.find(({ digest }) => context.secrets.matches(secret, digest))
  if (known === undefined) return 'wrong_secret'
  return known.expiresAtMs !== null && known.expiresAtMs <= nowMs ? 'overlap_ended' : null
}
