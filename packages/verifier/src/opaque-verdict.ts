/** Fits the authority's verdict about a credential to what the verifier may do with it. */
import type { CredentialPath, PathNode } from '@countersign/protocol'
import type { Verdict } from './verdict.ts'

/** The longest that a verdict of the authority's is used from memory (lease protocol, rule 4). */
export const OPAQUE_VERDICT_MS_MAX = 60_000

/**
 * Cuts the verdict's use down to 60 seconds and to the credential's own end, and completes its path: one that
 * left out the issuer, the principal or the credential could not be revoked by it. Null when the answer is
 * about another credential than `node`. What comes back is a copy, frozen, so that the asker's own objects
 * stay its own.
 */
export function toFittedVerdict(
  verdict: Verdict,
  node: PathNode,
  issuer: string,
  authorityNowMs: number,
): Verdict | null {
  const { credential, principal } = verdict
  if (credential.kind !== node.kind || credential.id !== node.id) return null
  const expiresAtMs = credential.expiresAtMs ?? Number.POSITIVE_INFINITY
  const required: PathNode[] = [
    { kind: 'issuer', id: issuer },
    { kind: principal.kind, id: principal.id },
    node,
  ]
  const { permissions, resources, audiences, allowAddresses, rateLimit } = verdict
  return Object.freeze({
    position: verdict.position,
    principal: Object.freeze({ ...principal }),
    credential: Object.freeze({
      ...credential,
      path: Object.freeze(complete(credential.path, required).map((part) => Object.freeze({ ...part }))),
      amr: Object.freeze([...credential.amr]),
    }),
    permissions: Object.freeze([...permissions]),
    resources: Object.freeze([...resources]),
    audiences: Object.freeze([...audiences]),
    allowAddresses: Object.freeze([...allowAddresses]),
    rateLimit: rateLimit && Object.freeze({ ...rateLimit }),
    usableUntilMs: Math.min(verdict.usableUntilMs, expiresAtMs, authorityNowMs + OPAQUE_VERDICT_MS_MAX),
  })
}

function complete(path: CredentialPath, required: readonly PathNode[]): CredentialPath {
  const missing = required.filter(
    ({ kind, id }) => !path.some((node) => node.kind === kind && node.id === id),
  )
  return [...missing, ...path]
}
