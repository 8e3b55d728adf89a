/**
 * Signing up where addresses are verified: nothing exists until the link in the mail is used, and it is used with
 * the password that was chosen. Whoever reads the mail of a stranger's sign-up does not know that password, and so
 * cannot be brought to take over an account that the stranger can open.
 */
import { MEMBER, Secret } from '@countersign/protocol'
import { type Account, newAccount } from '../accounts/account.ts'
import { ANONYMOUS } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { SIGN_UP_LINK_SECONDS } from '../links/link.ts'
import { makeAudit, makeId, makeSecret } from '../make.ts'
import { makeLinkMail, makeNotice } from '../make-mail.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { normalizePassword } from '../passwords/policy.ts'
import type { PreparedAccount } from './sign-up.ts'

/** Keeps what was typed, and writes to the address: to confirm, or that there is an account already. */
export async function beginSignUp(
  context: Context,
  { account, passwordHash }: PreparedAccount,
  facts: RequestFacts,
): Promise<void> {
  const secret = makeSecret(context.random)
  const { email, name } = account
  const expiresAtMs = facts.nowMs + SIGN_UP_LINK_SECONDS * 1000
  const content = { kind: 'confirm_sign_up', ticket: secret, expiresAtMs } as const
  const recipient = { id: null, email }
  await context.store.beginSignUp({
    signUp: {
      digest: context.secrets.digest(secret),
      email,
      name,
      passwordHash,
      createdAtMs: facts.nowMs,
      expiresAtMs,
    },
    // Both are made for everybody: how long it takes must not tell which one is sent.
    fresh: makeLinkMail(context, content, recipient, 'owner', facts),
    known: makeNotice(context, 'sign_up_repeated', recipient, 'owner', facts),
    audit: makeAudit(context, facts, { type: 'sign_up.begun', actor: ANONYMOUS }),
  })
}

export async function confirmSignUp(
  context: Context,
  input: { readonly ticket: string; readonly password: Secret },
  facts: RequestFacts,
): Promise<Outcome<{ account: Account }>> {
  if (context.policy.signUp === 'closed') return refuse('sign_up_closed')
  const digests = context.secrets.digests(new Secret(input.ticket))
  const found = await context.store.readSignUp(digests, facts.nowMs)
  if (found === null) return refuse('ticket_ended', 'unknown')
  const { matches } = await context.passwords.verify(normalizePassword(input.password), found.passwordHash)
  if (!matches) {
    const draft = { type: 'sign_up.refused', outcome: 'refused', actor: ANONYMOUS } as const
    await context.store.appendAudit([
      makeAudit(context, facts, { ...draft, details: { reason: 'wrong_secret' } }),
    ])
    return refuse('invalid_credentials', 'wrong_secret')
  }
  const { email, name } = found
  const { nowMs } = facts
  const id = makeId(context, 'acc', nowMs)
  const account = newAccount({ id, email, name, emailVerifiedAtMs: nowMs, createdAtMs: nowMs })
  const created = await context.store.completeSignUp({
    digest: found.digest,
    account,
    passwordHash: found.passwordHash,
    roles: [MEMBER],
    nowMs: facts.nowMs,
    audit: makeAudit(context, facts, {
      type: 'account.created',
      actor: { kind: 'account', id: account.id, credential: null },
      target: { kind: 'account', id: account.id },
      details: { verified: true },
    }),
  })
  if (created === 'gone') return refuse('ticket_ended', 'ended')
  // They read the mail of the address, so they may know that it has an account by now.
  return created === 'created' ? { ok: true, account } : refuse(created)
}
