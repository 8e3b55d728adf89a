/**
 * The secret of a client that signs with it (`client_secret_jwt`, OIDC Core §9). It never travels, so that a digest of it
 * is not enough: it is kept sealed, bound to its client and to its digest.
 */
import { type ClientId, SECRET_ASSERTION_ALGORITHM, type Secret } from '@countersign/protocol'
import { type SignedJwtRules, verifySignedJwt } from '@countersign/verifier'
import type { Client, ClientSecret } from '../clients/client.ts'
import type { Secrets } from '../ports.ts'

type Claims = NonNullable<Awaited<ReturnType<typeof verifySignedJwt>>>

export const sealClientSecret = (
  { secrets }: { readonly secrets: Pick<Secrets, 'seal'> },
  id: ClientId,
  digest: string,
  spelled: Secret,
): string => secrets.seal(spelled.reveal(), sealedFor(id, digest))

const sealedFor = (id: ClientId, digest: string): string => `client-secret:${id}:${digest}`

/** The claims, once one of the secrets that are still good has signed them. */
export async function verifyBySecret(
  { secrets }: { readonly secrets: Pick<Secrets, 'open'> },
  { id }: Client,
  known: readonly ClientSecret[],
  text: string,
  types: SignedJwtRules['types'],
  nowMs: number,
): Promise<Claims | 'bad_signature' | 'overlap_ended'> {
  for (const { digest, sealed, expiresAtMs } of known) {
    if (sealed === null) continue
    const key = toKey(secrets.open(sealed, sealedFor(id, digest)))
    const algorithms = [SECRET_ASSERTION_ALGORITHM] as const
    const claims = await verifySignedJwt(text, { keys: [key], algorithms, types })
    if (claims !== null) return expiresAtMs !== null && expiresAtMs <= nowMs ? 'overlap_ended' : claims
  }
  return 'bad_signature'
}

/** OIDC Core §10.1: the octets of the secret as it was handed out, all of it. It is ASCII. A header may name no `kid`. */
function toKey(spelled: string): Readonly<Record<string, string>> {
  const k = btoa(spelled).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  return { kty: 'oct', k, alg: SECRET_ASSERTION_ALGORITHM, kid: 'client-secret' }
}
