/** New recovery codes for an account, which end all earlier ones. */
import type { Secret } from '@countersign/protocol'
import { type Caller, toActor } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { makeRecoveryCodes, spellRecoveryCode } from '../factors/recovery-codes.ts'
import { makeAudit } from '../make.ts'
import { makeNotice } from '../make-mail.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { requireStrongest } from './step-up.ts'

/** One after another: ten at once would fill the queue that sign-ins wait in. */
export async function hashRecoveryCodes(
  context: Context,
): Promise<{ codes: readonly Secret[]; hashes: readonly string[] }> {
  const codes = makeRecoveryCodes(context.random)
  const hashes: string[] = []
  for (const code of codes) hashes.push(await context.passwords.hash(code))
  return { codes, hashes }
}

export async function replaceRecoveryCodes(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<Outcome<{ codes: readonly string[] }>> {
  const own = await requireStrongest(context, caller, facts)
  if (!own.ok) return own
  if (own.view.factors.length === 0) return refuse('conflict')
  const { codes, hashes } = await hashRecoveryCodes(context)
  const audit = makeAudit(context, facts, {
    type: 'recovery_codes.made',
    actor: toActor(caller),
    target: { kind: 'account', id: own.account },
  })
  const replaced = await context.store.replaceRecoveryCodes({
    account: own.account,
    hashes,
    nowMs: facts.nowMs,
    audit,
    mails: makeNotice(
      context,
      'recovery_codes_made',
      { id: own.account, email: own.view.email },
      'owner',
      facts,
      { session: own.session },
    ),
  })
  return replaced === 'replaced' ? { ok: true, codes: codes.map(spellRecoveryCode) } : refuse('conflict')
}
