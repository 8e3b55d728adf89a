/**
 * The part of the store's port that keeps passkeys and the challenges that ask for them. The rules of
 * `store-port.ts` hold here as well. A challenge is spent by one statement, together with what it was for: one that was
 * kept is deleted, one that was sealed is written down.
 */
import type { AccountId, FactorId, RoleId } from '@countersign/protocol'
import type { Account } from './accounts/account.ts'
import type { AuditEvent } from './audit/event.ts'
import type { Factor } from './factors/factor.ts'
import type {
  NewPasskey,
  Passkey,
  PasskeyChallenge,
  PasskeyUse,
  SealedChallenge,
  SpentChallenge,
} from './factors/passkey.ts'
import type { OpenedSession, SessionDraft } from './factors-port.ts'
import type { QueuedMail } from './mail-port.ts'
import type { WithHead } from './store-port.ts'

export interface PasskeyStore {
  openChallenge(input: { digest: string; challenge: PasskeyChallenge }): Promise<void>
  /** Ends a challenge that was answered wrongly: each is good for one ceremony. */
  spendChallenge(challenge: SpentChallenge | SealedChallenge): Promise<void>
  /** Of an account, the oldest first. */
  readPasskeys(account: AccountId): Promise<readonly Passkey[]>
  /**
   * For signing in without a word about who one is: the head, whether the challenge was answered before, and the
   * passkey with its account. Nobody's passkey costs as many statements.
   */
  readPasskeyToSignIn(
    credentialId: string,
    challenge: SealedChallenge,
  ): Promise<
    WithHead<{
      isAnswered: boolean
      found: { passkey: Passkey; account: Account; roles: readonly RoleId[] } | null
    }>
  >
  /**
   * Spends the challenge and adds the passkey, all or none. `recoveryHashes` are written where it is the account's
   * first factor. `known`: somebody has registered that credential before.
   */
  addPasskey(input: {
    factor: Factor
    passkey: NewPasskey
    challenge: SpentChallenge
    factorsMax: number
    recoveryHashes: readonly string[]
    nowMs: number
    audit: AuditEvent
    mails?: readonly QueuedMail[]
  }): Promise<
    | { kind: 'added'; isFirst: boolean }
    | { kind: 'limit_reached' | 'known' | 'challenge_gone' | 'account_gone' }
  >
  /** Gives a passkey another name. */
  renamePasskey(input: {
    account: AccountId
    id: FactorId
    name: string
    audit: AuditEvent
  }): Promise<Factor | null>
  /** Spends the challenge, notes the use and opens the session, all or none. */
  signInWithPasskey(
    input: SessionDraft & { use: PasskeyUse },
  ): Promise<OpenedSession | { kind: 'account_gone' | 'proof_used' }>
}
