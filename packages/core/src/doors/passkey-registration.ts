/** Making a passkey: the options for it, and what comes back, for a session of its owner or for a ticket to enrol with. */
import type { AccountId, PasskeyCreationOptions, PasskeyRegistration } from '@countersign/protocol'
import { Secret } from '@countersign/protocol'
import type { Account } from '../accounts/account.ts'
import type { Context, RequestFacts } from '../context.ts'
import type { Factor } from '../factors/factor.ts'
import {
  type NewPasskey,
  PASSKEY_ALGORITHMS,
  type Passkey,
  type SpentChallenge,
  toBase64url,
  toCreationOptions,
  USER_HANDLE_BYTES,
} from '../factors/passkey.ts'
import { makeId } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { PasskeyFlags, WebAuthnFlaw } from '../ports.ts'
import { openChallenge } from './passkey-challenge.ts'

/** `boundTo`: the session, or the digest of the ticket, that may finish it. */
export async function offerPasskey(
  context: Context,
  account: Account,
  boundTo: string,
  known: readonly Passkey[],
  facts: RequestFacts,
): Promise<PasskeyCreationOptions> {
  const handle = known[0]?.userHandle ?? toBase64url(context.random.bytes(USER_HANDLE_BYTES))
  const challenge = await openChallenge(context, facts, {
    purpose: 'register',
    accountId: account.id,
    boundTo,
    userHandle: handle,
  })
  const user = { handle, email: account.email, name: account.name }
  return toCreationOptions(context.policy.passkeys, user, challenge, known)
}

/** For an account that must have a factor and has none: the ticket is good for this and for nothing else. */
export async function offerPasskeyByTicket(
  context: Context,
  ticket: string,
  facts: RequestFacts,
): Promise<Outcome<{ options: PasskeyCreationOptions }>> {
  const found = await context.store.readTicket(context.secrets.digests(new Secret(ticket)), facts.nowMs)
  if (found === null || found.ticket.purpose !== 'enrol') return refuse('ticket_ended', 'unknown')
  return { ok: true, options: await offerPasskey(context, found.account, found.digest, [], facts) }
}

export interface MadePasskey {
  readonly factor: Factor
  readonly passkey: NewPasskey
}

export type CheckedMaking = { readonly challenge: SpentChallenge } & (
  | ({ readonly ok: true } & MadePasskey)
  | { readonly ok: false; readonly flaw: WebAuthnFlaw }
)

/** Checks what the device has made; whether the challenge was ours is found when it is spent. */
export async function checkMaking(
  context: Context,
  by: { readonly account: AccountId; readonly boundTo: string },
  { credential, name }: { readonly credential: PasskeyRegistration; readonly name: string | null },
  facts: RequestFacts,
): Promise<CheckedMaking> {
  const text = context.webauthn.challengeOf(credential)
  const digests = context.secrets.digests(new Secret(text ?? ''))
  const challenge: SpentChallenge = { digests, purpose: 'register', boundTo: by.boundTo }
  if (text === null) return { ok: false, flaw: 'malformed', challenge }
  const answer = await context.webauthn.verifyRegistration({
    credential,
    challenge: text,
    scope: context.policy.passkeys,
    algorithms: PASSKEY_ALGORITHMS,
  })
  if (!answer.ok) return { ok: false, flaw: answer.flaw, challenge }
  const factor: Factor = {
    id: makeId(context, 'fac', facts.nowMs),
    accountId: by.account,
    kind: 'passkey',
    name,
    createdAtMs: facts.nowMs,
    lastUsedAtMs: null,
  }
  const transports = credential.response.transports ?? []
  return { ok: true, factor, passkey: toNewPasskey(factor, answer, transports), challenge }
}

type Seen = PasskeyFlags & Pick<NewPasskey, 'credentialId' | 'publicKey' | 'aaguid'>

const toNewPasskey = ({ id, accountId }: Factor, seen: Seen, transports: readonly string[]): NewPasskey => ({
  id,
  accountId,
  transports,
  credentialId: seen.credentialId,
  publicKey: seen.publicKey,
  aaguid: seen.aaguid,
  signCount: seen.signCount,
  isBackupEligible: seen.isBackupEligible,
  isBackedUp: seen.isBackedUp,
  isUserVerified: seen.isUserVerified,
})
