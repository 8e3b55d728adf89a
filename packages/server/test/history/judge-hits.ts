/** Which revocations hit which credentials, in truth and as the protocol lets a verifier see it. */
import type { NodeKind } from '@countersign/protocol'
import type { Credential, Revocation } from './record.ts'

export const isNode = (kind: NodeKind, kinds: readonly NodeKind[]): boolean => kinds.includes(kind)

const isUnder = ({ path }: Credential, { node, effect }: Revocation): boolean =>
  effect === 'epoch' || path.some(({ kind, id }) => kind === node.kind && id === node.id)

/** What must be refused: what was dead in truth from the moment of the commit on. */
export function isEndedBy(credential: Credential, revocation: Revocation): boolean {
  const { committedAtMs, effect } = revocation
  if (committedAtMs === null || !isUnder(credential, revocation)) return false
  const isOlder = credential.allowedAtMs < committedAtMs
  switch (effect) {
    case 'kill':
      return true
    case 'rule':
    case 'epoch':
      return isOlder
    // A session or key under a role goes on with what the role allows from now on.
    case 'narrow':
      return isOlder && credential.kind === 'access_token'
  }
}

/** What may be refused: a token that carries an older head than the rule dies too, though it was made later. */
export function mayBeEndedBy(credential: Credential, revocation: Revocation): boolean {
  if (isEndedBy(credential, revocation)) return true
  if (revocation.committedAtMs === null || !isUnder(credential, revocation)) return false
  return (
    credential.kind === 'access_token' &&
    (credential.epoch !== revocation.epoch || credential.position < revocation.position)
  )
}
