/**
 * Documents in which clients describe themselves (draft-ietf-oauth-client-id-metadata-document §4): fetched by the one
 * guarded way out, and read by the rules of clients that register themselves.
 */
import type { ClientDocuments, ForeignDocuments, RegistrationInput } from '@countersign/core'
import { type ClientId, clientGrantTypes } from '@countersign/protocol'
import type { Config } from './config.ts'
import { readMetadata } from './registration-metadata.ts'

export const createClientDocuments = (
  { clientDocuments }: Pick<Config, 'clientDocuments'>,
  documents: ForeignDocuments,
): ClientDocuments => ({
  async read(id, again) {
    if (clientDocuments === 'off') return null
    return toInput(id, await documents.read(id, again))
  },
})

/** §4.1: a document is about the client whose id is where it was found, and holds nothing that should be secret. */
function toInput(id: ClientId, document: unknown): RegistrationInput | null {
  if (!isObject(document) || document.client_id !== id) return null
  if ('client_secret' in document || 'client_secret_expires_at' in document) return null
  const read = readMetadata({
    // No other method that is a default elsewhere could be one here: all of them but this and keys need a secret.
    token_endpoint_auth_method: 'none',
    ...document,
    // One document serves every server there is: what only others know is passed over.
    grant_types: onlyKnown(document.grant_types, clientGrantTypes),
    response_types: onlyKnown(document.response_types, ['code']),
    // Nobody is shown it, so that it need not be one that could be.
    logo_uri: undefined,
  })
  return read.ok && !isSymmetric(read.input) ? read.input : null
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** As it came where it is no list: the schema refuses it. */
const onlyKnown = (value: unknown, known: readonly string[]): unknown =>
  Array.isArray(value) ? known.filter((word) => value.includes(word)) : value

/** §4.1: with a secret that both sides know there would have to be somewhere to tell it. */
const isSymmetric = ({ authMethod }: RegistrationInput): boolean => authMethod.startsWith('client_secret')
