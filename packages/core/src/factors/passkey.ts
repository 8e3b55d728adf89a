/**
 * Passkeys: what is kept of one, the challenges that ask for one, and the options that browsers are given
 * (WebAuthn Level 3 §5.4 and §5.5). What a device answers is checked behind a port.
 */
import type {
  AccountId,
  FactorId,
  PasskeyCreationOptions,
  PasskeyDescriptor,
  PasskeyRequestOptions,
} from '@countersign/protocol'

export interface Passkey {
  readonly id: FactorId
  readonly accountId: AccountId
  /** As the authenticator named it, base64url. */
  readonly credentialId: string
  /** The account as the authenticator knows it: random, and nothing about the person (§14.6.1). */
  readonly userHandle: string
  /** COSE_Key, base64url. */
  readonly publicKey: string
  /** How often it has signed, by its own count; 0 where it does not count. */
  readonly signCount: number
  readonly transports: readonly string[]
  readonly aaguid: string
  /** BE: it may be copied to other devices. Never changes (§6.1.3). */
  readonly isBackupEligible: boolean
  /** BS, when it was last used. */
  readonly isBackedUp: boolean
  /** UV at least once: the device asks the person for a PIN, a finger or a face. */
  readonly isUserVerified: boolean
}

/** A passkey before its account's handle is known, which stands with the challenge. */
export type NewPasskey = Omit<Passkey, 'userHandle'>

/** What is written when a passkey was used. */
export interface PasskeyUse {
  readonly id: FactorId
  readonly signCount: number
  readonly isBackedUp: boolean
  readonly isUserVerified: boolean
  /** The challenge that was answered; spent with it. */
  readonly challenge: SpentChallenge | SealedChallenge
}

/**
 * What a challenge that is kept is for. `factor`: a passkey with a ticket; `register`: a new passkey for an account.
 * None serves for another purpose (§13.4.3).
 */
export type ChallengePurpose = 'factor' | 'register'

export interface PasskeyChallenge {
  readonly purpose: ChallengePurpose
  readonly accountId: AccountId | null
  /** The session, or the digest of the ticket, that it was made for. */
  readonly boundTo: string
  /** For a new passkey. */
  readonly userHandle: string | null
  readonly expiresAtMs: number
}

/** A challenge for whoever comes, of which nothing is kept until it is answered: then, that it was. */
export interface SealedChallenge {
  readonly key: string
  readonly expiresAtMs: number
}

/** What a challenge that was kept is found by when it is spent. */
export interface SpentChallenge {
  readonly digests: readonly string[]
  readonly purpose: ChallengePurpose
  readonly boundTo: string
}

export const CHALLENGE_BYTES = 32
export const CHALLENGE_SECONDS = 300
export const USER_HANDLE_BYTES = 32
/** EdDSA with Ed25519, ES256, RS256 (RFC 9053 §2, RFC 8812 §2): what is offered, and what is taken. */
export const PASSKEY_ALGORITHMS: readonly number[] = [-8, -7, -257]

/** Where passkeys of this authority are good. */
export interface PasskeyScope {
  /** The domain that they belong to (RP ID, §5.4.2). */
  readonly rpId: string
  /** Pages that may ask for them; compared exactly (§13.4.9). */
  readonly origins: readonly string[]
}

const TIMEOUT_MS = CHALLENGE_SECONDS * 1000

export function toCreationOptions(
  { rpId }: PasskeyScope,
  user: { readonly handle: string; readonly email: string; readonly name: string | null },
  challenge: string,
  known: readonly Passkey[],
): PasskeyCreationOptions {
  return {
    rp: { id: rpId, name: rpId },
    user: { id: user.handle, name: user.email, displayName: user.name ?? user.email },
    challenge,
    pubKeyCredParams: PASSKEY_ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    timeout: TIMEOUT_MS,
    // One authenticator need not hold two for the same account.
    excludeCredentials: known.map(toDescriptor),
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'preferred',
    },
    // The model of somebody's device is no business of ours, and no policy here asks for it (§14.4.1).
    attestation: 'none',
    extensions: { credProps: true },
  }
}

/** Without any passkey named, the options are the same for everybody (§14.6.2). */
export function toRequestOptions(
  { rpId }: PasskeyScope,
  challenge: string,
  allowed: readonly Passkey[],
  userVerification: 'required' | 'preferred',
): PasskeyRequestOptions {
  return {
    challenge,
    rpId,
    timeout: TIMEOUT_MS,
    allowCredentials: allowed.map(toDescriptor),
    userVerification,
  }
}

const toDescriptor = ({ credentialId, transports }: Passkey): PasskeyDescriptor => ({
  id: credentialId,
  type: 'public-key',
  ...(transports.length > 0 && { transports: [...transports] }),
})

/**
 * Step 22 of §7.2: a count that does not rise says that there is a copy somewhere. Those that do not count, which
 * most that are synced do not, stay at 0.
 */
export const isCountRising = (stored: number, presented: number): boolean =>
  presented > stored || (presented === 0 && stored === 0)

/**
 * RFC 8176 §2: a key that may be copied to other devices is held by software, whatever guards it. The person's
 * presence is part of every ceremony; a proof to the device of who it is makes it two factors in one.
 */
export function toPasskeyAmr(passkey: Pick<Passkey, 'isBackupEligible'>): readonly string[] {
  return [passkey.isBackupEligible ? 'swk' : 'hwk', 'user']
}

/** Random bytes as text for JSON (RFC 4648 §5, without padding). */
export function toBase64url(bytes: Uint8Array): string {
  const plain = btoa(String.fromCharCode(...bytes))
  return plain.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
