/** A person's own passkeys: list, add, rename, remove. */
import type { FactorId, PasskeyCreationOptions, PasskeyRegistration } from '@countersign/protocol'
import { type Caller, toActor } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { FACTORS_PER_ACCOUNT_MAX } from '../factors/factor.ts'
import type { Passkey, SpentChallenge } from '../factors/passkey.ts'
import { spellRecoveryCode } from '../factors/recovery-codes.ts'
import { makeAudit } from '../make.ts'
import { makeNotice } from '../make-mail.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { WebAuthnFlaw } from '../ports.ts'
import { removeOwnFactor } from './factors.ts'
import { checkMaking, type MadePasskey, offerPasskey } from './passkey-registration.ts'
import { hashRecoveryCodes } from './recovery-codes.ts'
import { type OwnFactors, readOwnFactors, requireStrongest } from './step-up.ts'

export type ShownPasskey = MadePasskey

export async function listOwnPasskeys(
  context: Context,
  caller: Caller,
): Promise<Outcome<{ passkeys: readonly ShownPasskey[] }>> {
  const own = await readOwnFactors(context, caller)
  if (!own.ok) return own
  const known = new Map((await context.store.readPasskeys(own.account)).map((one) => [one.id, one]))
  const passkeys = own.view.factors.flatMap((factor) => {
    const passkey = known.get(factor.id)
    return passkey === undefined ? [] : [{ factor, passkey }]
  })
  return { ok: true, passkeys }
}

/** The options for making one. The challenge is this session's: no other one can finish what it began. */
export async function offerOwnPasskey(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<Outcome<{ options: PasskeyCreationOptions }>> {
  if (context.policy.mfa === 'off') return refuse('factor_enrolment_closed')
  const own = await requireStrongest(context, caller, facts)
  if (!own.ok) return own
  if (own.view.factors.length >= FACTORS_PER_ACCOUNT_MAX) return refuse('limit_reached')
  const account = await context.store.readAccount(own.account)
  if (account === null) return refuse('permission_denied')
  const known = await context.store.readPasskeys(own.account)
  return { ok: true, options: await offerPasskey(context, account, own.session, known, facts) }
}

export interface AddedPasskey extends ShownPasskey {
  /** With the first factor of the account; shown this once. */
  readonly recoveryCodes: readonly string[]
}

/** The step-up stood before the options, and their challenge serves this session alone, for five minutes. */
export async function addOwnPasskey(
  context: Context,
  caller: Caller,
  input: { readonly credential: PasskeyRegistration; readonly name: string | null },
  facts: RequestFacts,
): Promise<Outcome<AddedPasskey>> {
  if (context.policy.mfa === 'off') return refuse('factor_enrolment_closed')
  const own = await readOwnFactors(context, caller)
  if (!own.ok) return own
  const checked = await checkMaking(context, { account: own.account, boundTo: own.session }, input, facts)
  if (!checked.ok) return refuseRegistration(context, caller, own, checked, facts)
  const { factor, passkey } = checked
  const made = own.view.factors.length === 0 ? await hashRecoveryCodes(context) : { codes: [], hashes: [] }
  const added = await context.store.addPasskey({
    factor,
    passkey,
    challenge: checked.challenge,
    factorsMax: FACTORS_PER_ACCOUNT_MAX,
    recoveryHashes: made.hashes,
    nowMs: facts.nowMs,
    audit: makeAudit(context, facts, {
      type: 'factor.added',
      actor: toActor(caller),
      target: { kind: 'account', id: own.account },
      details: {
        factor: factor.id,
        kind: 'passkey',
        synced: passkey.isBackupEligible,
        aaguid: passkey.aaguid,
      },
    }),
    mails: makeNotice(context, 'factor_added', { id: own.account, email: own.view.email }, 'owner', facts, {
      session: own.session,
    }),
  })
  switch (added.kind) {
    case 'added': {
      const recoveryCodes = added.isFirst ? made.codes.map(spellRecoveryCode) : []
      return { ok: true, factor, passkey, recoveryCodes }
    }
    case 'limit_reached':
      return refuse('limit_reached')
    case 'known':
      // Step 26 of §7.1: one credential is one account's.
      return refuse('conflict')
    case 'challenge_gone':
      return refuseRegistration(context, caller, own, { ...checked, flaw: 'challenge' }, facts)
    case 'account_gone':
      return refuse('permission_denied')
  }
}

async function refuseRegistration(
  context: Context,
  caller: Caller,
  own: OwnFactors,
  { flaw, challenge }: { readonly flaw: WebAuthnFlaw; readonly challenge: SpentChallenge },
  facts: RequestFacts,
): Promise<Outcome<never>> {
  await context.store.spendChallenge(challenge)
  const draft = {
    type: 'factor.refused',
    outcome: 'refused',
    actor: toActor(caller),
    target: { kind: 'account', id: own.account },
    details: { kind: 'passkey', reason: flaw },
  } as const
  await context.store.appendAudit([makeAudit(context, facts, draft)])
  return refuse('invalid_passkey', 'wrong_secret')
}

export async function renameOwnPasskey(
  context: Context,
  caller: Caller,
  input: { readonly id: FactorId; readonly name: string },
  facts: RequestFacts,
): Promise<Outcome<ShownPasskey>> {
  const own = await requireStrongest(context, caller, facts)
  if (!own.ok) return own
  const passkey = await findOwn(context, own, input.id)
  if (passkey === null) return refuse('not_found')
  const factor = await context.store.renamePasskey({
    account: own.account,
    ...input,
    audit: makeAudit(context, facts, {
      type: 'factor.renamed',
      actor: toActor(caller),
      target: { kind: 'account', id: own.account },
      details: { factor: input.id },
    }),
  })
  return factor === null ? refuse('not_found') : { ok: true, factor, passkey }
}

export async function removeOwnPasskey(
  context: Context,
  caller: Caller,
  id: FactorId,
  facts: RequestFacts,
): Promise<Outcome<object>> {
  const own = await requireStrongest(context, caller, facts)
  if (!own.ok) return own
  if ((await findOwn(context, own, id)) === null) return refuse('not_found')
  return removeOwnFactor(context, caller, id, facts)
}

async function findOwn(context: Context, own: OwnFactors, id: FactorId): Promise<Passkey | null> {
  const passkeys = await context.store.readPasskeys(own.account)
  return passkeys.find((passkey) => passkey.id === id) ?? null
}
