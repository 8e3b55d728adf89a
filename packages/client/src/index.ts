export { Secret } from '@countersign/protocol'
export type * from './administration.ts'
export type * from './answers.ts'
export type * from './api-keys.ts'
export * from './bulk-runs.ts'
export { type Client, type ClientOptions, createClient } from './client.ts'
export {
  type ClientCredentialsOptions,
  getProgramToken,
  type ProgramToken,
} from './client-credentials.ts'
export type * from './clients.ts'
export type { ClientCredential, Tokens } from './credential.ts'
export type * from './credentials.ts'
export {
  ApiProblem,
  AuthorityUnreachable,
  CheckMail,
  FactorRequired,
  type FieldProblem,
  PasswordChangeRequired,
  type UnreachableReason,
} from './errors.ts'
export type * from './identities.ts'
export type * from './initial-access-tokens.ts'
export * from './inspect.ts'
export { type InspectedPart, type Inspection, tellDuration, tellTime } from './inspection.ts'
export type { TokenListeners } from './keeper.ts'
export type * from './own-account.ts'
export type * from './own-factors.ts'
export type * from './own-passkeys.ts'
export type * from './own-password.ts'
export { toPrintable } from './printable.ts'
export { createProofKey, type ProofKey, type ProofKeyPair, type ProvenRequest } from './proof-key.ts'
export { createProvingFetch, type ProvingFetchOptions } from './proving-fetch.ts'
export type * from './risk.ts'
