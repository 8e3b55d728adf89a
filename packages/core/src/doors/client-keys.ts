/**
 * The keys that a client signs with: registered here, or published by it at its `jwks_uri` (RFC 7591 §2). What somebody
 * else publishes counts only as keys of that very client, and only those that our rules take.
 */
import { type SignedJwtRules, verifySignedJwt } from '@countersign/verifier'
import { type Client, isVouchedFor } from '../clients/client.ts'
import type { Context } from '../context.ts'
import type { ForeignDocuments } from '../ports.ts'

/** A client that publishes more has no business being looked through for each request. */
const PUBLISHED_KEYS_MAX = 20

type Claims = Awaited<ReturnType<typeof verifySignedJwt>>

/** The claims, once a key of the client has signed them; null otherwise. */
export async function verifyByClient(
  context: Pick<Context, 'documents' | 'strangersDocuments'>,
  client: Client,
  text: string,
  rules: Omit<SignedJwtRules, 'keys'>,
): Promise<Claims> {
  const { jwks, jwksUri } = client
  if (jwksUri === null) return verifySignedJwt(text, { ...rules, keys: jwks ?? [] })
  const documents = isVouchedFor(client) ? context.documents : context.strangersDocuments
  const kept = await readKeys(documents, jwksUri, false)
  const claims = await verifySignedJwt(text, { ...rules, keys: kept })
  if (claims !== null) return claims
  // The client may have changed its keys since. How often that is looked at for, the port bounds.
  const fresh = await readKeys(documents, jwksUri, true)
  return fresh === kept ? null : verifySignedJwt(text, { ...rules, keys: fresh })
}

async function readKeys(
  documents: ForeignDocuments,
  url: string,
  again: boolean,
): Promise<readonly unknown[]> {
  const document = await documents.read(url, again)
  if (typeof document !== 'object' || document === null || !('keys' in document)) return []
  const { keys } = document
  return Array.isArray(keys) && keys.length <= PUBLISHED_KEYS_MAX ? keys : []
}
