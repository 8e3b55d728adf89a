/**
 * What core needs from the world around it, besides the store: time, chance, keyed digests, signatures,
 * password hashing. Adapters in `server` answer; tests hand in fakes.
 */
import type {
  AccessTokenClaims,
  ClientId,
  GrantId,
  IdTokenClaims,
  KeyAlgorithm,
  LogoutTokenClaims,
  PasskeyAssertion,
  PasskeyRegistration,
  Secret,
  SessionId,
} from '@countersign/protocol'
import type { RegistrationInput } from './clients/registration.ts'
import type { Passkey, PasskeyScope } from './factors/passkey.ts'

/** What a hosted page's form is bound to; never looks like a session's id. */
export type FormBinding = `form ${string}`

export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  nowMs(): number
  /** A clock that only moves forward, in milliseconds from an unknown origin. */
  monotonicMs(): number
}

export interface Random {
  /** Bytes from the operating system's CSPRNG. */
  bytes(count: number): Uint8Array
}

/**
 * Everything that is done with the keys that live outside the database. All keys are HKDF outputs of one
 * versioned root secret under labels of their own, so that one never serves for another.
 */
export interface Secrets {
  /** Keyed digest of a random secret under the newest pepper, with its version: what the database holds. */
  digest(secret: Secret): string
  /** The same under every pepper still known, newest first: for finding rows that an older one wrote. */
  digests(secret: Secret): readonly string[]
  /** Constant-time comparison of a presented secret with a stored digest of any known version. */
  matches(secret: Secret, stored: string): boolean
  /**
   * The refresh token that follows `presented`, under every known key, newest first. Derived and not stored,
   * so that an honest retry can be given the same one again (design §5, Refresh).
   */
  successors(grant: GrantId, generation: number, presented: Secret): readonly Secret[]
  /** The CSRF token of a cookie session, or of whatever else stands in a cookie (`FormBinding`). */
  csrfToken(bound: SessionId | FormBinding): string
  /** Constant-time check of a presented CSRF token, under every known key. */
  isCsrfToken(bound: SessionId | FormBinding, presented: string): boolean
  /** Encrypts (AES-256-GCM) what must be readable again; `context` is authenticated with it. */
  seal(plain: string, context: string): string
  /** Opens what `seal` made. Throws when it was altered, moved to another context, or the key is unknown. */
  open(sealed: string, context: string): string
  /**
   * 16 bytes by which a sector knows a node, under the newest key (OIDC Core §8.1). Without the key nobody gets from one
   * sector's to another's, or to the node. What was once told is kept in the store, since keys change.
   */
  alias(sector: string, node: string): Uint8Array
  /** Keyed hash of one link of the audit chain, base64url, under the version that wrote it. */
  chain(previous: string, event: string): string
  /** Recomputes a link under the version named in `hash` and compares in constant time. */
  isChained(previous: string, event: string, hash: string): boolean
}

/** Plain hashes, where a protocol of others asks for one. Never for what is stored as a secret. */
export interface Hashes {
  /** Base64url of the SHA-256 of ASCII text (RFC 7636 §4.6). */
  sha256(text: string): string
  /** Base64url of the left half of the hash that goes with an algorithm (OIDC Core §3.1.3.6). */
  leftHalf(text: string, algorithm: KeyAlgorithm): string
}

/** JSON documents of other people's servers, fetched and kept by rules of the adapter. */
export interface ForeignDocuments {
  /** Null where there is none, for whatever reason. `again`: what is kept was not enough. */
  read(url: string, again: boolean): Promise<unknown>
}

/** What clients whose id is a URL say of themselves there, in words of ours. */
export interface ClientDocuments {
  /** Null where no such client is taken here, and for a document that is none. `again`: as for `ForeignDocuments`. */
  read(id: ClientId, again: boolean): Promise<RegistrationInput | null>
}

/** `known`: on a device that the account knows, or after a first proof of who it is. They are served before strangers. */
export type HashTurn = 'stranger' | 'known'

export interface PasswordHasher {
  /** Argon2id with pepper. Throws `Overloaded` when too many are waiting. */
  hash(password: Secret): Promise<string>
  /** `stale` says that the stored hash was made with weaker parameters or an older pepper than today's. */
  verify(
    password: Secret,
    stored: string,
    turn?: HashTurn,
  ): Promise<{ readonly matches: boolean; readonly stale: boolean }>
  /** A hash of an unknowable password with today's parameters: verified for accounts that do not exist. */
  readonly decoy: string
}

export interface Totp {
  /**
   * The time step within one of now whose code this is, or null (RFC 6238 §5.2). Every step is compared in
   * constant time. `seed` is base32, `code` six digits.
   */
  matchingStep(seed: Secret, code: string, nowMs: number): number | null
}

/** Why an answer of a device does not hold: each is a step of WebAuthn Level 3 §7.1 or §7.2. For the record only. */
export type WebAuthnFlaw =
  | 'malformed'
  | 'type'
  | 'challenge'
  | 'origin'
  | 'cross_origin'
  | 'rp_id'
  | 'user_presence'
  | 'user_verification'
  | 'backup_state'
  | 'algorithm'
  | 'attestation'
  | 'credential_id'
  | 'user_handle'
  | 'signature'

export type WebAuthnAnswer<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly flaw: WebAuthnFlaw }

/** What is known of a credential from one ceremony. */
export interface PasskeyFlags {
  readonly signCount: number
  readonly isUserVerified: boolean
  readonly isBackupEligible: boolean
  readonly isBackedUp: boolean
}

/** What authenticators sign. Whether a challenge was ours, and counts, are for the caller. */
export interface WebAuthn {
  /** The challenge that the client says it has answered; null where that cannot be read. */
  challengeOf(credential: { readonly response: { readonly clientDataJSON: string } }): string | null
  /** WebAuthn Level 3 §7.1, from step 5 on. */
  verifyRegistration(input: {
    credential: PasskeyRegistration
    challenge: string
    scope: PasskeyScope
    algorithms: readonly number[]
  }): Promise<
    WebAuthnAnswer<
      PasskeyFlags & { readonly credentialId: string; readonly publicKey: string; readonly aaguid: string }
    >
  >
  /** WebAuthn Level 3 §7.2, from step 5 on. With `passkey` null, as much work for an answer that never holds. */
  verifyAssertion(input: {
    credential: PasskeyAssertion
    challenge: string
    scope: PasskeyScope
    mustVerifyUser: boolean
    mustNameUser: boolean
    passkey: Pick<Passkey, 'credentialId' | 'publicKey' | 'userHandle' | 'isBackupEligible'> | null
  }): Promise<WebAuthnAnswer<PasskeyFlags>>
}

/** Thrown by ports whose bounded queue is full: the caller is told to come back, nothing was done. */
export class Overloaded extends Error {
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number) {
    super('More work is waiting than can be done in time.')
    this.name = 'Overloaded'
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Thrown by the store and by whatever needs it, when nothing can be decided: callers answer 503. */
export class StoreUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreUnavailable'
  }
}

/** A public key as JWKS shows it (RFC 7517 §4), and the private half in the form that the signer reads. */
export interface KeyPair {
  readonly publicJwk: Readonly<Record<string, string>> | null
  /** PKCS #8 in PEM; base64url for HS256. */
  readonly privateKey: Secret
}

export interface KeyMaker {
  generate(algorithm: KeyAlgorithm): Promise<KeyPair>
}

export interface Signer {
  /**
   * Signs claims as a compact JWS of type `at+jwt` (RFC 9068 §2.1). `id` is the `kid`; parsed keys are kept
   * by it. Throws `TokenTooLarge` when the token would pass the size guard.
   */
  sign(key: SigningMaterial, claims: AccessTokenClaims): string
  /** Signs an ID token, of type `JWT`, so that nobody takes it for an access token. */
  signIdToken(key: SigningMaterial, claims: IdTokenClaims): string
  /** Signs a logout token, of type `logout+jwt`, so that nobody takes it for anything else. */
  signLogoutToken(key: SigningMaterial, claims: LogoutTokenClaims): string
}

/** Thrown by the signer: the rights of this principal do not fit into one token. Nothing was signed. */
export class TokenTooLarge extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'TokenTooLarge'
  }
}

export interface SigningMaterial {
  readonly id: string
  readonly algorithm: KeyAlgorithm
  readonly privateKey: Secret
}

/** A collection of leaked passwords that somebody else keeps. */
export interface BreachedPasswords {
  /** `password` is in NFC. `unknown` where nobody could say: it never throws, and it does not wait for long. */
  find(password: Secret): Promise<'breached' | 'clear' | 'unknown'>
}

/** What makes a password easy to guess; forms have a sentence for each. */
export const passwordHints = [
  'common_password',
  'keyboard_pattern',
  'repetition',
  'sequence',
  'date',
  'single_word',
  'name',
  'own_words',
  'substitution',
  'more_words',
] as const
export type PasswordHint = (typeof passwordHints)[number]

export interface PasswordEstimate {
  /** From 0, guessed at once, to 4, out of reach of guessing. */
  readonly score: 0 | 1 | 2 | 3 | 4
  /** The most telling first. */
  readonly hints: readonly PasswordHint[]
}

/** How many guesses a password is worth. */
export interface PasswordEstimator {
  /** `words` are what everybody knows about the person. Null where there is no answer in time. */
  estimate(password: Secret, words: readonly string[]): Promise<PasswordEstimate | null>
}

/** Words that people choose first; the adapter brings the list. */
export interface CommonPasswords {
  has(normalized: string): boolean
}
