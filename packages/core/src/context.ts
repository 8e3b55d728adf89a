/** What every door is handed: the ports, the policy, and the facts of the request it serves. */
import type { CredentialStyle, RoleId, Secret, SigningAlgorithm } from '@countersign/protocol'
import type { RegistrationPolicy } from './clients/registration.ts'
import type { AssurancePolicy } from './factors/assurance.ts'
import type { PasskeyScope } from './factors/passkey.ts'
import type { Locale } from './mail/locale.ts'
import type {
  BreachedPasswords,
  ClientDocuments,
  Clock,
  CommonPasswords,
  ForeignDocuments,
  Hashes,
  KeyMaker,
  PasswordEstimator,
  PasswordHasher,
  Random,
  Secrets,
  Signer,
  Totp,
  WebAuthn,
} from './ports.ts'
import type { Places } from './risk-port.ts'
import type { Store } from './store-port.ts'
import type { GatheredAudit } from './upkeep-port.ts'

/** The authority's settings that rules depend on. Lifetimes are in seconds. */
export interface Policy {
  readonly issuer: string
  /** Where session tokens are good, and what API keys and access tokens are good for unless they say otherwise. */
  readonly audiences: readonly string[]
  readonly credentialStyle: CredentialStyle
  readonly signingAlgorithm: SigningAlgorithm
  readonly accessTokenLifetimeSeconds: number
  /** No access token lives longer; log entries are kept for at least this time. */
  readonly accessTokenLifetimeSecondsMax: number
  readonly leewaySeconds: number
  readonly sessionIdleSeconds: number
  readonly sessionLifetimeSeconds: number
  /** How long a session with a refresh token may live, and lie unused. */
  readonly refreshLifetimeSeconds: number
  readonly refreshIdleSeconds: number
  readonly refreshGraceSeconds: number
  readonly sessionsPerAccountMax: number
  readonly apiKeysPerOwnerMax: number
  /** How many invitations of one sender, and of all together, may wait at once. */
  readonly invitationsPerSenderMax: number
  readonly invitationsMax: number
  readonly signUp: 'open' | 'closed'
  /** Whether clients register themselves, and as what. */
  readonly registration: RegistrationPolicy
  /** Whether whoever signs up has to show that they read the mail of the address. */
  readonly emailVerification: 'required' | 'off'
  /** `off`: no new second factors. `required`: everybody needs one; `mfaRoles`: the holders of these do. */
  readonly mfa: 'off' | 'optional' | 'required'
  readonly mfaRoles: readonly RoleId[]
  /** How long a device may be spared the second factor, for those who ask for it; 0 for nobody. */
  readonly trustedDeviceSeconds: number
  readonly assurance: AssurancePolicy
  /** `off`: no messages are written. Else with the language for people of whom none is known. */
  readonly mail: 'off' | { readonly locale: Locale }
  readonly passkeys: PasskeyScope
  /** How many accounts strangers may try in vain from one network within an hour before it waits. */
  readonly signInNetworkFailures: number
  readonly passwordLengthMin: number
  /** From 0, which refuses nothing, to 4. */
  readonly passwordScoreMin: number
  /** What happens to a new password when nobody can say whether it has leaked. */
  readonly breachUnknown: 'accept' | 'refuse'
  /** What follows when the password of a sign-in has leaked. */
  readonly breachAtSignIn: 'require_change' | 'report' | 'off'
  /** Words that stand for this service and may not make up a password. */
  readonly contextWords: readonly string[]
  readonly keyRotationSeconds: number
  /** How long a signing key is published before it signs: JWKS caches must have seen it. */
  readonly keyPublishSeconds: number
  /** How long a verdict about an opaque credential may be kept; at most 60. */
  readonly verdictSeconds: number
}

/** The authority's own verifier must know what was committed before an answer leaves. */
export interface OwnFeed {
  /** Resolves when everything committed before the call has been applied to the authority's own verifier. */
  catchUp(): Promise<void>
  /** Everything up to this position of the log has been applied. */
  position(): number
  /**
   * Whether no verifier can act on a lease any more that lacks the log up to this position (lease protocol,
   * rule 9). Where time decides, it counts from the first question, so ask soon after the commit.
   */
  isConfirmed(position: number): boolean
  /** The same, as soon as it is so, or after `waitMs`; at once when the server stops. */
  awaitConfirmed(position: number, waitMs: number): Promise<boolean>
}

export interface Context {
  readonly store: Store
  readonly gathered: GatheredAudit
  readonly clock: Clock
  readonly random: Random
  readonly secrets: Secrets
  readonly passwords: PasswordHasher
  readonly commonPasswords: CommonPasswords
  /** Null where no collection is to be asked. */
  readonly breachedPasswords: BreachedPasswords | null
  readonly passwordEstimator: PasswordEstimator
  readonly keyMaker: KeyMaker
  readonly signer: Signer
  readonly hashes: Hashes
  /** Of clients that somebody of this server answers for. */
  readonly documents: ForeignDocuments
  /** Of all others: however many of them are asked for, the first are read as before. */
  readonly strangersDocuments: ForeignDocuments
  readonly clientDocuments: ClientDocuments
  readonly totp: Totp
  readonly webauthn: WebAuthn
  readonly places: Places
  readonly feed: OwnFeed
  readonly policy: Policy
}

/** One reading of the clock and of the connection per request, taken where it came in. */
export interface RequestFacts {
  readonly nowMs: number
  readonly requestId: string
  /** The true client address, as far as trusted proxies tell it. */
  readonly address: string | null
  readonly userAgent: string | null
  /** A short name for people, such as "Firefox on Windows". */
  readonly device: string | null
  /** The language that whoever asks reads, if we write it. */
  readonly locale?: Locale | null
  /** What the browser was given at earlier sign-ins, to be known by; whether it is good, the store knows. */
  readonly deviceSecrets: readonly Secret[]
  /** Where the network is over its limit, so that only devices that the account knows may sign in: how long others wait. */
  readonly strangersWaitSeconds?: number | null
}

/** What the life of a log entry depends on. */
export type EntryPolicy = Pick<Policy, 'accessTokenLifetimeSecondsMax' | 'verdictSeconds' | 'leewaySeconds'>

/** When a log entry made now can hit nothing any more. */
export function entryExpiry(policy: EntryPolicy, nowMs: number): number {
  const longestSeconds = Math.max(policy.accessTokenLifetimeSecondsMax, policy.verdictSeconds)
  return nowMs + (longestSeconds + policy.leewaySeconds) * 1000
}
