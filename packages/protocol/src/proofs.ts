/** Proofs of possession (RFC 9449): what client, authority and verifiers call things. */

/** RFC 9449 §4.2: the media type that keeps proofs apart from every other JWT. */
export const PROOF_TYPE = 'dpop+jwt'

/** Asymmetric, and one kind of key for each. `Ed25519` is the fully specified name of EdDSA's (RFC 9864 §2.2). */
export const proofAlgorithms = ['ES256', 'EdDSA', 'Ed25519'] as const
export type ProofAlgorithm = (typeof proofAlgorithms)[number]

/** How old a proof may be. It is made for one request, which is on its way at once (RFC 9449 §11.1). */
export const PROOF_SECONDS = 60

/** RFC 7638 §3: the SHA-256 of a public key, in base64url. */
export const isThumbprint = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text)
