/**
 * What authenticators answer, checked by WebAuthn Level 3 §7.1 and §7.2. Bytes are read and signatures are verified
 * by SimpleWebAuthn, which is loaded with the first passkey; every check beside is made here as well, by name, since
 * some of them the library leaves to its callers.
 */
import { createHash, generateKeyPairSync } from 'node:crypto'
import type { PasskeyFlags, PasskeyScope, WebAuthn, WebAuthnFlaw } from '@countersign/core'
import type * as server from '@simplewebauthn/server'
import type * as helpers from '@simplewebauthn/server/helpers'
import { parseBase64url } from './base64url.ts'
import { endOfCborItem } from './cbor-length.ts'
import { findClientDataFlaw, parseClientData } from './client-data.ts'
import { type CoseKey, isUsableKey } from './cose-key.ts'

type Library = typeof server & typeof helpers

let library: Promise<Library> | null = null

/** A quarter of a second and tens of megabytes, which only those pay who use passkeys. */
function load(): Promise<Library> {
  library ??= Promise.all([import('@simplewebauthn/server'), import('@simplewebauthn/server/helpers')]).then(
    ([server, helpers]) => ({ ...server, ...helpers }),
  )
  return library
}

export const webauthn: WebAuthn = {
  challengeOf: ({ response }) => parseClientData(response.clientDataJSON)?.challenge ?? null,
  verifyRegistration,
  verifyAssertion,
}

type Input<M extends 'verifyRegistration' | 'verifyAssertion'> = Parameters<WebAuthn[M]>[0]
type Answer<M extends 'verifyRegistration' | 'verifyAssertion'> = Awaited<ReturnType<WebAuthn[M]>>

/** Longer ones are no credential ids (§4, Credential ID). */
const CREDENTIAL_ID_BYTES_MAX = 1023
/** The label of the algorithm in a COSE_Key (RFC 9052 §7.1). */
const COSE_ALGORITHM = 3

async function verifyRegistration(input: Input<'verifyRegistration'>): Promise<Answer<'verifyRegistration'>> {
  const { credential, challenge, scope, algorithms } = input
  const lib = await load()
  const said = findFlawSaid(credential.response.clientDataJSON, 'webauthn.create', challenge, scope)
  if (said !== null) return flawed(said)
  const object = readOrNull(() => {
    const bytes = toBytes(credential.response.attestationObject)
    if (endOfCborItem(bytes, 0) !== bytes.length) throw new Error('This is not one item of CBOR.')
    const decoded = lib.decodeAttestationObject(bytes)
    const statement = decoded.get('attStmt')
    const data = readData(lib, decoded.get('authData'))
    return { format: decoded.get('fmt'), hasCertificates: statement.get('x5c') !== undefined, data }
  })
  if (object === null) return flawed('malformed')
  const { data } = object
  const seen = findFlawSeen(data, scope, false)
  if (seen !== null) return flawed(seen)
  const { credentialID, credentialPublicKey } = data
  if (credentialID === undefined || credentialPublicKey === undefined) return flawed('malformed')
  // Step 25; and the id under which it was handed in is the one that was signed for.
  const isNamed =
    lib.isoBase64URL.fromBuffer(credentialID) === credential.id && credential.rawId === credential.id
  if (credentialID.length > CREDENTIAL_ID_BYTES_MAX || credentialID.length === 0 || !isNamed) {
    return flawed('credential_id')
  }
  const key = readOrNull(() => lib.isoCBOR.decodeFirst<CoseKey>(credentialPublicKey))
  const algorithm = key instanceof Map ? key.get(COSE_ALGORITHM) : null
  if (key === null || typeof algorithm !== 'number' || !algorithms.includes(algorithm) || !isUsableKey(key)) {
    return flawed('algorithm')
  }
  // None was asked for, so browsers take out whatever names a model; what is left proves no more than the key itself.
  const isPlain = object.format === 'none' || (object.format === 'packed' && !object.hasCertificates)
  if (!isPlain) return flawed('attestation')
  const verified = await verifyOrNull(() =>
    lib.verifyRegistrationResponse({
      response: { ...credential, clientExtensionResults: {}, response: toRegistrationResponse(credential) },
      expectedChallenge: challenge,
      expectedOrigin: [...scope.origins],
      expectedRPID: scope.rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: [...algorithms],
    }),
  )
  if (verified?.verified !== true) return flawed('attestation')
  const { aaguid, credential: made } = verified.registrationInfo
  return {
    ok: true,
    ...toFlags(data),
    credentialId: credential.id,
    publicKey: lib.isoBase64URL.fromBuffer(made.publicKey),
    aaguid,
  }
}

/** What stands beside the attestation object, such as transports, is nobody's proof. */
const toRegistrationResponse = ({ response }: Input<'verifyRegistration'>['credential']) => ({
  clientDataJSON: response.clientDataJSON,
  attestationObject: response.attestationObject,
})

async function verifyAssertion(input: Input<'verifyAssertion'>): Promise<Answer<'verifyAssertion'>> {
  const { credential, challenge, scope, passkey } = input
  const lib = await load()
  const said = findFlawSaid(credential.response.clientDataJSON, 'webauthn.get', challenge, scope)
  if (said !== null) return flawed(said)
  const data = readOrNull(() => readData(lib, toBytes(credential.response.authenticatorData)))
  if (data === null) return flawed('malformed')
  const seen = findFlawSeen(data, scope, input.mustVerifyUser)
  if (seen !== null) return flawed(seen)
  if (credential.rawId !== credential.id) return flawed('credential_id')
  const { authenticatorData, clientDataJSON, signature } = credential.response
  const verified = await verifyOrNull(() =>
    lib.verifyAuthenticationResponse({
      response: {
        ...credential,
        clientExtensionResults: {},
        response: { authenticatorData, clientDataJSON, signature },
      },
      expectedChallenge: challenge,
      expectedOrigin: [...scope.origins],
      expectedRPID: scope.rpId,
      requireUserVerification: input.mustVerifyUser,
      // The count is compared by the door and by the store, once it is known that the signature holds.
      credential: { id: credential.id, publicKey: toBytes(passkey?.publicKey ?? decoyKey()), counter: 0 },
    }),
  )
  if (verified?.verified !== true || passkey === null) return flawed('signature')
  const kept = findFlawKept(input, passkey, data)
  return kept === null ? { ok: true, ...toFlags(data) } : flawed(kept)
}

const flawed = (flaw: WebAuthnFlaw): { ok: false; flaw: WebAuthnFlaw } => ({ ok: false, flaw })

function findFlawSaid(
  clientDataJson: string,
  type: 'webauthn.create' | 'webauthn.get',
  challenge: string,
  { origins }: PasskeyScope,
): WebAuthnFlaw | null {
  const data = parseClientData(clientDataJson)
  return data === null ? 'malformed' : findClientDataFlaw(data, { type, challenge, origins })
}

type AuthenticatorData = ReturnType<Library['parseAuthenticatorData']>

/** Bytes of §6.1: hash, flags and count; then the model, and how long the credential's id is. */
const DATA_BYTES = 37
const ATTESTED_BYTES = 18

/** The library's reader with what it lets pass refused: a key or extensions that are cut short. */
function readData(lib: Library, bytes: Uint8Array<ArrayBuffer>): AuthenticatorData {
  const data = lib.parseAuthenticatorData(bytes)
  let end: number | null = DATA_BYTES
  if (data.flags.at) {
    end = endOfCborItem(bytes, DATA_BYTES + ATTESTED_BYTES + (data.credentialID?.length ?? 0))
  }
  if (data.flags.ed && end !== null) end = endOfCborItem(bytes, end)
  if (end !== bytes.length) throw new Error('These are no authenticator data.')
  return data
}

/** Steps 14 to 17 of §7.1, 15 to 18 of §7.2. */
function findFlawSeen(
  { rpIdHash, flags }: AuthenticatorData,
  { rpId }: PasskeyScope,
  mustVerifyUser: boolean,
): WebAuthnFlaw | null {
  if (!createHash('sha256').update(rpId).digest().equals(rpIdHash)) return 'rp_id'
  if (!flags.up) return 'user_presence'
  if (mustVerifyUser && !flags.uv) return 'user_verification'
  return flags.bs && !flags.be ? 'backup_state' : null
}

/** Steps 6 and 19 of §7.2: what was written down when it was registered. */
function findFlawKept(
  { credential, mustNameUser }: Input<'verifyAssertion'>,
  passkey: NonNullable<Input<'verifyAssertion'>['passkey']>,
  { flags }: AuthenticatorData,
): WebAuthnFlaw | null {
  const handle = credential.response.userHandle ?? null
  const isNamed = handle === null ? !mustNameUser : handle === passkey.userHandle
  if (!isNamed || credential.id !== passkey.credentialId) return 'user_handle'
  return flags.be === passkey.isBackupEligible ? null : 'backup_state'
}

const toFlags = ({ counter, flags }: AuthenticatorData): PasskeyFlags => ({
  signCount: counter,
  isUserVerified: flags.uv,
  isBackupEligible: flags.be,
  isBackedUp: flags.bs,
})

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = parseBase64url(text)
  if (bytes === null) throw new Error('This is no base64url.')
  return bytes
}

/** The library throws for bytes that it cannot read; that is a refusal and no bug. */
function readOrNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** The same for answers that do not hold. */
async function verifyOrNull<T>(verify: () => Promise<T>): Promise<T | null> {
  try {
    return await verify()
  } catch {
    return null
  }
}

let decoy: string | null = null

/** A key that nobody has: verified with for credentials that nobody has. */
function decoyKey(): string {
  if (decoy !== null) return decoy
  const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'jwk',
  })
  // COSE_Key {1: 2, 3: -7, -1: 1, -2: x, -3: y} (RFC 9053 §7.1.1), in CBOR.
  const key = Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ])
  decoy = key.toString('base64url')
  return decoy
}
