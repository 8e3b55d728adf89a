/**
 * A browser and an authenticator in software, as WebAuthn Level 3 §6.3 has them: what tests hold in their hand when
 * they use passkeys. Every part of an answer can be bent, so that a test breaks one check and nothing else.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign as signBytes } from 'node:crypto'
import type {
  PasskeyAssertion,
  PasskeyCreationOptions,
  PasskeyRegistration,
  PasskeyRequestOptions,
} from '@countersign/protocol'
import { type Cbor, toCbor } from './cbor.ts'

export type Algorithm = -7 | -8 | -257

export const ORIGIN = 'http://localhost:4000'

/** What the authenticator keeps of a credential. */
export interface SoftKey {
  readonly id: string
  readonly rpId: string
  readonly userHandle: string
  readonly algorithm: Algorithm
  readonly privateKey: KeyObject
  readonly cose: ReadonlyMap<number, Cbor>
  readonly synced: boolean
  signCount: number
}

export interface Flags {
  readonly up: boolean
  readonly uv: boolean
  readonly be: boolean
  readonly bs: boolean
}

/** What may be bent. Whatever is not given is as it should be. */
export interface Bent {
  readonly client?: Readonly<Record<string, unknown>>
  /** The bytes of the client data, whatever they say. */
  readonly clientJson?: string | Uint8Array
  readonly rpId?: string
  readonly flags?: Partial<Flags>
  readonly signCount?: number
  readonly userHandle?: string | null
  readonly id?: string
  readonly rawId?: string
  /** After everything was signed. */
  readonly authenticatorData?: (bytes: Buffer) => Uint8Array
  readonly signature?: (bytes: Buffer) => Uint8Array
  readonly signer?: KeyObject
}

export interface BentMaking extends Bent {
  readonly algorithm?: Algorithm
  readonly synced?: boolean
  readonly credentialId?: Uint8Array
  readonly format?: string
  readonly statement?: (own: {
    readonly algorithm: number
    readonly sign: (bytes: Uint8Array) => Buffer
    readonly signed: Uint8Array
  }) => ReadonlyMap<string, Cbor>
  readonly attestationObject?: (bytes: Buffer) => Uint8Array
  readonly cose?: (map: Map<number, Cbor>) => unknown
}

/** navigator.credentials.create. */
export function makePasskey(
  options: PasskeyCreationOptions,
  bent: BentMaking = {},
): { key: SoftKey; credential: PasskeyRegistration } {
  const { algorithm = -7, synced = false } = bent
  const { privateKey, cose } = makeKey(algorithm)
  bent.cose?.(cose)
  const credentialId = bent.credentialId ?? randomBytes(32)
  const key: SoftKey = {
    id: toText(credentialId),
    rpId: options.rp.id,
    userHandle: options.user.id,
    algorithm,
    privateKey,
    cose,
    synced,
    signCount: synced ? 0 : 1,
  }
  const clientData = toClientData('webauthn.create', options.challenge, bent)
  const length = Buffer.from([credentialId.length >> 8, credentialId.length & 255])
  const attested = Buffer.concat([Buffer.alloc(16), length, credentialId, toCbor(cose)])
  const data = Buffer.concat([toAuthenticatorData(key, bent, true), attested])
  const authData = bent.authenticatorData?.(data) ?? data
  const signed = Buffer.concat([authData, sha256(clientData)])
  const statement =
    bent.statement?.({ algorithm, sign: (bytes) => signWith(key, bytes), signed }) ?? new Map()
  const object = toCbor(
    new Map<string, Cbor>([
      ['fmt', bent.format ?? 'none'],
      ['attStmt', statement],
      ['authData', authData],
    ]),
  )
  const credential: PasskeyRegistration = {
    id: bent.id ?? key.id,
    rawId: bent.rawId ?? bent.id ?? key.id,
    type: 'public-key',
    response: {
      clientDataJSON: toText(clientData),
      attestationObject: toText(bent.attestationObject?.(object) ?? object),
      transports: ['internal'],
    },
  }
  return { key, credential }
}

/** navigator.credentials.get. */
export function usePasskey(key: SoftKey, options: PasskeyRequestOptions, bent: Bent = {}): PasskeyAssertion {
  if (!key.synced && bent.signCount === undefined) key.signCount += 1
  const clientData = toClientData('webauthn.get', options.challenge, bent)
  const data = toAuthenticatorData(key, bent, false)
  const signature = signWith(key, Buffer.concat([data, sha256(clientData)]), bent.signer)
  const handle = bent.userHandle === undefined ? key.userHandle : bent.userHandle
  return {
    id: bent.id ?? key.id,
    rawId: bent.rawId ?? bent.id ?? key.id,
    type: 'public-key',
    response: {
      clientDataJSON: toText(clientData),
      authenticatorData: toText(bent.authenticatorData?.(data) ?? data),
      signature: toText(bent.signature?.(signature) ?? signature),
      userHandle: handle,
    },
  }
}

function makeKey(algorithm: Algorithm): { privateKey: KeyObject; cose: Map<number, Cbor> } {
  switch (algorithm) {
    case -7: {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const { x, y } = publicKey.export({ format: 'jwk' })
      return { privateKey, cose: toCose([1, 2], [3, -7], [-1, 1], [-2, toBytes(x)], [-3, toBytes(y)]) }
    }
    case -8: {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519')
      const { x } = publicKey.export({ format: 'jwk' })
      return { privateKey, cose: toCose([1, 1], [3, -8], [-1, 6], [-2, toBytes(x)]) }
    }
    case -257: {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const { n, e } = publicKey.export({ format: 'jwk' })
      return { privateKey, cose: toCose([1, 3], [3, -257], [-1, toBytes(n)], [-2, toBytes(e)]) }
    }
  }
}

const toCose = (...entries: readonly (readonly [number, Cbor])[]): Map<number, Cbor> => new Map(entries)

/** §5.8.1.1: browsers write these members in this order. */
function toClientData(type: string, challenge: string, { client, clientJson }: Bent): Buffer {
  if (clientJson !== undefined) return Buffer.from(clientJson as string)
  return Buffer.from(JSON.stringify({ type, challenge, origin: ORIGIN, crossOrigin: false, ...client }))
}

/** §6.1. */
function toAuthenticatorData(key: SoftKey, bent: Bent, isMaking: boolean): Buffer {
  const { up, uv, be, bs }: Flags = {
    up: true,
    uv: true,
    be: key.synced,
    bs: key.synced,
    ...bent.flags,
  }
  const bits = [up && 1, uv && 4, be && 8, bs && 16, isMaking && 64].map(Number)
  const count = Buffer.alloc(4)
  count.writeUInt32BE(bent.signCount ?? key.signCount)
  const flags = Buffer.from([bits.reduce((all, bit) => all | bit, 0)])
  return Buffer.concat([sha256(Buffer.from(bent.rpId ?? key.rpId)), flags, count])
}

const signWith = (key: SoftKey, bytes: Uint8Array, privateKey: KeyObject = key.privateKey): Buffer =>
  signBytes(key.algorithm === -8 ? null : 'sha256', bytes, privateKey)

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const toBytes = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')
