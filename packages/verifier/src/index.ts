export { formatAddress, type Groups, isAddressAllowed, isAddressBlock, parseAddress } from './addresses.ts'
export { createChecker } from './check.ts'
export type { Checker, CheckerMoment, CheckerStats } from './checker.ts'
export type { CheckerBounds, CheckerClock, CheckerOptions } from './checker-options.ts'
export { createVerifier } from './create-verifier.ts'
export {
  type CredentialHeaders,
  type CredentialSource,
  type HeaderValue,
  type TakenCredential,
  takeCredential,
} from './credential-of-request.ts'
export { type Proof, type ProofFlaw, type ProofRules, type ReadProof, readProof } from './dpop/proof.ts'
export { parseJwk } from './jwt/jwk.ts'
export { importKey, type VerificationKey } from './jwt/keys.ts'
export {
  nodeBackEnd,
  type SignatureBackEnd,
  signatureBackEnd,
  type VerifySignature,
  webBackEnd,
} from './jwt/signature.ts'
export {
  readUnverifiedClaims,
  readUnverifiedHeader,
  type SignedJwtRules,
  verifySignedJwt,
} from './jwt/signed-jwt.ts'
export type { FeedAnswer } from './memory.ts'
export type { Accepted, AskAnswer, CheckResult, Refused, Undecided, Verdict } from './verdict.ts'
export type {
  Authenticated,
  AuthenticateOptions,
  AuthenticateResult,
  AuthorityCall,
  DenialFacts,
  Denied,
  Freshness,
  Principal,
  ProofOptions,
  RequestParts,
  Timers,
  Verified,
  Verifier,
  VerifierBounds,
  VerifierEvent,
  VerifierOptions,
  VerifierStats,
  VerifyOptions,
  VerifyResult,
} from './verifier-types.ts'
