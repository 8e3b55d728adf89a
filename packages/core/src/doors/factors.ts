/** A person's own second factors: list, enrol, confirm, remove. */
import type { AccountId, AssuranceLevel, FactorId, RoleId } from '@countersign/protocol'
import { Secret } from '@countersign/protocol'
import type { AuditActor } from '../audit/event.ts'
import { ANONYMOUS, type Caller, toActor } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import {
  demandsFactor,
  FACTOR_OFFER_SECONDS,
  FACTORS_PER_ACCOUNT_MAX,
  type Factor,
} from '../factors/factor.ts'
import { spellRecoveryCode } from '../factors/recovery-codes.ts'
import { parseTotpCode, TOTP_SEED_BYTES, toBase32, toOtpauthUri } from '../factors/totp.ts'
import type { FactorsView } from '../factors-port.ts'
import { makeAudit, makeId } from '../make.ts'
import { makeNotice } from '../make-mail.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { hashRecoveryCodes } from './recovery-codes.ts'
import { readOwnFactors, requireStrongest } from './step-up.ts'

export type FactorsShown = FactorsView & { readonly required: boolean }

export async function listOwnFactors(context: Context, caller: Caller): Promise<Outcome<FactorsShown>> {
  const own = await readOwnFactors(context, caller)
  return own.ok ? { ok: true, ...own.view, required: demandsFactor(context.policy, own.view.roles) } : own
}

/** A factor that waits for its first code, and the seed that is shown this once. */
export interface TotpOffer {
  readonly id: FactorId
  readonly seed: Secret
  readonly uri: Secret
}

export async function offerOwnTotp(
  context: Context,
  caller: Caller,
  name: string | null,
  facts: RequestFacts,
): Promise<Outcome<TotpOffer>> {
  if (context.policy.mfa === 'off') return refuse('factor_enrolment_closed')
  const own = await requireStrongest(context, caller, facts)
  if (!own.ok) return own
  const account = await context.store.readAccount(own.account)
  if (account === null) return refuse('permission_denied')
  const by = { account, ticketDigest: null, actor: toActor(caller) }
  return offerTotp(context, by, name, facts)
}

/** For an account that must have a factor and has none: the ticket is good for this and for nothing else. */
export async function offerTotpByTicket(
  context: Context,
  ticket: string,
  name: string | null,
  facts: RequestFacts,
): Promise<Outcome<TotpOffer>> {
  const found = await context.store.readTicket(context.secrets.digests(new Secret(ticket)), facts.nowMs)
  if (found === null || found.ticket.purpose !== 'enrol') return refuse('ticket_ended', 'unknown')
  // What is typed cannot be what AAL3 demands.
  if (found.ticket.level === 'aal3') return refuse('permission_denied')
  const by = { account: found.account, ticketDigest: found.digest, actor: ANONYMOUS }
  return offerTotp(context, by, name, facts)
}

/**
 * What was offered with the ticket, once more: for a page that is drawn again after a code that was wrong. It tells whoever
 * holds the ticket no more than they were told, and could have anew.
 */
export async function showOfferByTicket(
  { store, secrets, policy }: Context,
  ticket: string,
  facts: RequestFacts,
): Promise<Outcome<TotpOffer>> {
  const found = await store.readTicket(secrets.digests(new Secret(ticket)), facts.nowMs)
  const id = found?.ticket.factorId ?? null
  if (found === null || id === null) return refuse('ticket_ended', 'unknown')
  const offer = await store.readOffer(found.account.id, id, facts.nowMs)
  if (offer === null) return refuse('ticket_ended', 'ended')
  const seed = new Secret(secrets.open(offer.sealedSeed, id))
  return { ok: true, id, seed, uri: toUri(policy, seed, found.account.email) }
}

const toUri = ({ issuer }: Context['policy'], seed: Secret, email: string): Secret =>
  toOtpauthUri(seed, new URL(issuer).hostname, email)

interface OfferedTo {
  readonly account: { readonly id: AccountId; readonly email: string }
  readonly ticketDigest: string | null
  readonly actor: AuditActor
}

async function offerTotp(
  context: Context,
  { account, ticketDigest, actor }: OfferedTo,
  name: string | null,
  facts: RequestFacts,
): Promise<Outcome<TotpOffer>> {
  const seed = toBase32(context.random.bytes(TOTP_SEED_BYTES))
  const id = makeId(context, 'fac', facts.nowMs)
  const factor: Factor = {
    id,
    accountId: account.id,
    kind: 'totp',
    name,
    createdAtMs: facts.nowMs,
    lastUsedAtMs: null,
  }
  const offered = await context.store.offerFactor({
    factor,
    // Bound to the row: a seed that was moved to another one does not open.
    sealedSeed: context.secrets.seal(seed.reveal(), id),
    offeredUntilMs: facts.nowMs + FACTOR_OFFER_SECONDS * 1000,
    factorsMax: FACTORS_PER_ACCOUNT_MAX,
    ticketDigest,
    nowMs: facts.nowMs,
    audit: makeAudit(context, facts, {
      type: 'factor.offered',
      actor,
      target: { kind: 'account', id: account.id },
      details: { factor: id, kind: 'totp' },
    }),
  })
  if (offered === 'limit_reached') return refuse('limit_reached')
  if (offered !== 'offered') return refuse('ticket_ended', 'ended')
  return { ok: true, id, seed, uri: toUri(context.policy, seed, account.email) }
}

export interface ConfirmedFactor {
  readonly factor: Factor
  /** With the first factor of the account; shown this once. */
  readonly recoveryCodes: readonly string[]
}

/**
 * The first code shows that the seed has arrived. No step-up is asked for again: the offer was made to somebody
 * who had just proved who they are, and whoever knows the seed gains nothing by confirming it.
 */
export async function confirmOwnTotp(
  context: Context,
  caller: Caller,
  id: FactorId,
  code: Secret,
  facts: RequestFacts,
): Promise<Outcome<ConfirmedFactor>> {
  const own = await readOwnFactors(context, caller)
  if (!own.ok) return own
  const offer = await context.store.readOffer(own.account, id, facts.nowMs)
  if (offer === null) return refuse('not_found')
  const digits = parseTotpCode(code.reveal())
  const seed = new Secret(context.secrets.open(offer.sealedSeed, id))
  const step = digits === null ? null : context.totp.matchingStep(seed, digits, facts.nowMs)
  if (step === null) return refuse('invalid_factor', 'wrong_secret')
  const made = own.view.factors.length === 0 ? await hashRecoveryCodes(context) : { codes: [], hashes: [] }
  const owner = { id: own.account, email: own.view.email }
  const confirmed = await context.store.confirmFactor({
    account: own.account,
    id,
    step,
    recoveryHashes: made.hashes,
    nowMs: facts.nowMs,
    audit: makeAudit(context, facts, {
      type: 'factor.added',
      actor: toActor(caller),
      target: { kind: 'account', id: own.account },
      details: { factor: id, kind: 'totp' },
    }),
    mails: makeNotice(context, 'factor_added', owner, 'owner', facts, { session: own.session }),
  })
  if (confirmed.kind === 'gone') return refuse('not_found')
  const recoveryCodes = confirmed.isFirst ? made.codes.map(spellRecoveryCode) : []
  return { ok: true, factor: confirmed.factor, recoveryCodes }
}

/** Which of the last ones stay: what a policy demands is not to be taken away by whoever it is demanded of. */
function keptFactors({ policy }: Context) {
  const { everyone, roles } = policy.assurance
  const demanding = (levels: readonly AssuranceLevel[]): RoleId[] =>
    Object.entries(roles).flatMap(([role, level]) => (levels.includes(level) ? [role] : []))
  return {
    mustKeepOne: policy.mfa === 'required' || everyone === 'aal2' || everyone === 'aal3',
    mustKeepOneRoles: [...policy.mfaRoles, ...demanding(['aal2', 'aal3'])],
    mustKeepDevice: everyone === 'aal3',
    mustKeepDeviceRoles: demanding(['aal3']),
  }
}

export async function removeOwnFactor(
  context: Context,
  caller: Caller,
  id: FactorId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const own = await requireStrongest(context, caller, facts)
  if (!own.ok) return own
  const owner = { id: own.account, email: own.view.email }
  const removed = await context.store.removeFactor({
    account: own.account,
    id,
    ...keptFactors(context),
    audit: makeAudit(context, facts, {
      type: 'factor.removed',
      actor: toActor(caller),
      target: { kind: 'account', id: own.account },
      details: { factor: id },
    }),
    mails: makeNotice(context, 'factor_removed', owner, 'owner', facts, { session: own.session }),
  })
  return removed === 'removed' ? { ok: true } : refuse(removed)
}
