/** The first administrator: by a single-use link that the first start prints, or by a command. */
import { type PrincipalId, Secret, toOpaqueCredential } from '@countersign/protocol'
import type { Account } from '../accounts/account.ts'
import type { ApiKey } from '../api-keys/api-key.ts'
import type { AuditEvent } from '../audit/event.ts'
import { SYSTEM } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { makeAudit, makeId, makeSecret } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { ServiceAccount } from '../service-accounts/service-account.ts'
import { breachDetails } from './new-password.ts'
import { type PreparedAccount, prepareAccount, type SignUpInput } from './sign-up.ts'

/** The link works this long; the next start prints a new one. */
export const SETUP_TICKET_SECONDS = 3600

/** A new ticket in place of all earlier ones; null once an administrator exists. */
export async function offerSetup(context: Context, nowMs: number): Promise<Secret | null> {
  const ticket = makeSecret(context.random)
  const expiresAtMs = nowMs + SETUP_TICKET_SECONDS * 1000
  const offered = await context.store.offerSetupTicket(context.secrets.digest(ticket), expiresAtMs)
  return offered === 'offered' ? ticket : null
}

/** Creates the first administrator against the ticket; ticket and account are one transaction. */
export async function completeSetup(
  context: Context,
  input: SignUpInput & { ticket: string },
  facts: RequestFacts,
): Promise<Outcome<{ account: Account }>> {
  const prepared = await prepareAccount(context, input, facts)
  if (!prepared.ok) return prepared
  const ticketDigests = context.secrets.digests(new Secret(input.ticket))
  const created = await context.store.createFirstAdministrator({
    account: prepared.account,
    passwordHash: prepared.passwordHash,
    service: null,
    ticketDigests,
    audit: audit(context, prepared, facts),
  })
  if (created === 'closed') return refuse('setup_closed')
  return created === 'created' ? { ok: true, account: prepared.account } : refuse(created)
}

function audit(context: Context, prepared: PreparedAccount, facts: RequestFacts): AuditEvent {
  return makeAudit(context, facts, {
    type: 'setup.completed',
    actor: SYSTEM,
    target: { kind: 'account', id: prepared.account.id },
    details: breachDetails(prepared.accepted),
  })
}

export interface Bootstrapped {
  readonly account: Account
  readonly apiKey: { readonly id: string; readonly secret: Secret }
}

/** For machines: the first administrator, and a service account with an administrator's API key. */
export async function bootstrap(
  context: Context,
  input: SignUpInput,
  facts: RequestFacts,
): Promise<Outcome<Bootstrapped>> {
  const prepared = await prepareAccount(context, input, facts)
  if (!prepared.ok) return prepared
  const { position } = await context.store.readHead()
  const service = newServiceAccount(context, facts.nowMs)
  const key = newKey(context, service.id, position, facts.nowMs)
  const secret = makeSecret(context.random)
  const created = await context.store.createFirstAdministrator({
    account: prepared.account,
    passwordHash: prepared.passwordHash,
    service: { account: service, key, digest: context.secrets.digest(secret) },
    ticketDigests: null,
    audit: audit(context, prepared, facts),
  })
  if (created === 'closed') return refuse('setup_closed')
  if (created !== 'created') return refuse(created)
  const spelled = toOpaqueCredential(context.policy.credentialStyle, 'api_key', key.id, secret)
  return { ok: true, account: prepared.account, apiKey: { id: key.id, secret: spelled } }
}

function newServiceAccount(context: Context, nowMs: number): ServiceAccount {
  return {
    id: makeId(context, 'svc', nowMs),
    name: 'bootstrap',
    audiences: [],
    createdAtMs: nowMs,
    disabledAtMs: null,
  }
}

function newKey(context: Context, ownerId: PrincipalId, issuedPosition: number, nowMs: number): ApiKey {
  return {
    id: makeId(context, 'key', nowMs),
    ownerId,
    name: 'bootstrap',
    permissions: ['*'],
    resources: [],
    audiences: [],
    allowAddresses: [],
    rateLimit: null,
    createdAtMs: nowMs,
    createdBy: ownerId,
    expiresAtMs: null,
    endedAtMs: null,
    lastUsedAtMs: null,
    lastAddress: null,
    overlapEndsAtMs: null,
    suspendedAtMs: null,
    issuedPosition,
  }
}
