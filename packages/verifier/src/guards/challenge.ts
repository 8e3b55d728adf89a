/** `WWW-Authenticate`: RFC 6750 §3, RFC 9449 §7.1, with RFC 9470's step-up and RFC 9728's way to the metadata. */
import { type ErrorCode, proofAlgorithms } from '@countersign/protocol'

export interface ChallengeFacts {
  readonly realm: string
  /** Null where the API has no metadata document. */
  readonly metadataUrl: string | null
  /** What the route asks for; empty for nothing in particular. */
  readonly scope: string
  readonly stepUp: Readonly<Record<string, string>>
}

/** The value of the field; null for a refusal that no other credential would mend. */
export function toChallenge(code: ErrorCode, facts: ChallengeFacts): string | null {
  const specific = parametersOf(code, facts)
  if (specific === null) return null
  const parameters = {
    realm: facts.realm,
    ...specific,
    // RFC 9728 §5.1.
    ...(facts.metadataUrl !== null && { resource_metadata: facts.metadataUrl }),
  }
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`)
  return `${isAboutProof(code) ? 'DPoP' : 'Bearer'} ${pairs.join(', ')}`
}

const isAboutProof = (code: ErrorCode): boolean => code === 'invalid_dpop_proof' || code === 'use_dpop_nonce'

function parametersOf(code: ErrorCode, facts: ChallengeFacts): Record<string, string> | null {
  const scope: Record<string, string> = facts.scope === '' ? {} : { scope: facts.scope }
  switch (code) {
    // RFC 6750 §3.1: whoever presented nothing is told nothing about errors.
    case 'credential_required':
      return scope
    case 'multiple_credentials':
      return { error: 'invalid_request' }
    case 'invalid_credential':
      return { error: 'invalid_token' }
    // RFC 9449 §7.1.
    case 'invalid_dpop_proof':
    case 'use_dpop_nonce':
      return { error: code, algs: proofAlgorithms.join(' ') }
    case 'permission_denied':
      return { error: 'insufficient_scope', ...scope }
    case 'insufficient_user_authentication':
      return { error: 'insufficient_user_authentication', ...facts.stepUp, ...scope }
    default:
      return null
  }
}

/** RFC 9110 §5.6.4 without the two characters that would have to be escaped: no setting needs them. */
export function isQuotable(text: string): boolean {
  return /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)
}

/** RFC 6749 §3.3: scope tokens with single spaces between them. */
export function isScope(text: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/.test(text)
}
