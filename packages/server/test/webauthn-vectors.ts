/**
 * Test vectors of WebAuthn Level 3 §16 (https://www.w3.org/TR/webauthn-3/#sctn-test-vectors), figures only: those of the
 * algorithms that are offered here. What the specification derives by HKDF is derived here as well, so that a figure
 * that was written down wrongly shows.
 */
import { createECDH, hkdfSync } from 'node:crypto'

/** The random values of a vector: HKDF-SHA-256 from one input key under its name, one salt each. */
export const derive = (info: string, salt: number, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', 'WebAuthn test vectors', Uint8Array.of(salt), info, bytes))

/** The public half of a derived P-256 key, as a COSE_Key in hex. */
export function deriveKey(info: string, salt: number): string {
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(derive(info, salt, 32))
  const point = ecdh.getPublicKey('hex')
  return `a5010203262001215820${point.slice(2, 66)}225820${point.slice(66)}`
}

export interface Signed {
  readonly clientData: string
  /** Which salt gives the challenge. */
  readonly challengeSalt: number
}

export interface Vector {
  readonly section: string
  readonly info: string
  readonly idSalt: number
  readonly idBytes: number
  /** COSE_Key in hex. */
  readonly publicKey: string
  readonly isBackupEligible: boolean
  readonly registration: (Signed & { readonly attestationObject: string }) | null
  readonly authentication: Signed & { readonly authenticatorData: string; readonly signature: string }
}

const RP_ID_HASH = 'bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b5'

/** §5.8.1.1: members in this order and nothing between them. */
function toClientData(info: string, type: 'create' | 'get', salt: number, more: string): string {
  const challenge = derive(info, salt, 32).toString('base64url')
  const text = `{"type":"webauthn.${type}","challenge":"${challenge}","origin":"https://example.org",${more}}`
  return Buffer.from(text).toString('hex')
}

/** Browsers may add such a member; whoever compares the whole text fails on it. */
const extra = (info: string, salt: number): string =>
  `"extraData":"clientDataJSON may be extended with additional fields in the future, such as this: ${derive(info, salt, 16).toString('base64url')}"`

const attested = (info: string, flags: string, aaguidSalt: number, id: Buffer, key: string): string =>
  [RP_ID_HASH, flags, '00000000', derive(info, aaguidSalt, 16).toString('hex')].join('') +
  id.length.toString(16).padStart(4, '0') +
  id.toString('hex') +
  key

const withoutAttestation = (data: string): string => {
  const bytes = data.length / 2
  const length = bytes < 256 ? `58${bytes.toString(16)}` : `59${bytes.toString(16).padStart(4, '0')}`
  return `a363666d74646e6f6e656761747453746d74a0686175746844617461${length}${data}`
}

interface Plain {
  readonly section: string
  readonly info: string
  readonly idBytes?: number
  readonly flags: readonly [registered: string, used: string]
  readonly frame?: string
  /** Whether the client data of each ceremony has another member. */
  readonly extras: readonly [boolean, boolean]
  readonly signature: string
}

/** Without attestation nothing is signed but the use: the rest follows from what was derived. */
function plain({ section, info, idBytes = 32, flags, frame, extras, signature }: Plain): Vector {
  const framed = frame ?? '"crossOrigin":false'
  let salt = 3
  const toMore = (isExtended: boolean): string => (isExtended ? `${framed},${extra(info, salt++)}` : framed)
  const made = toMore(extras[0])
  const [aaguidSalt, idSalt, challengeSalt] = [salt, salt + 1, salt + 3]
  const publicKey = deriveKey(info, 1)
  const data = attested(info, flags[0], aaguidSalt, derive(info, idSalt, idBytes), publicKey)
  salt += 5
  const used = toMore(extras[1])
  return {
    section,
    info,
    idSalt,
    idBytes,
    publicKey,
    isBackupEligible: (Number.parseInt(flags[0], 16) & 0x08) !== 0,
    registration: {
      challengeSalt: 0,
      clientData: toClientData(info, 'create', 0, made),
      attestationObject: withoutAttestation(data),
    },
    authentication: {
      challengeSalt,
      clientData: toClientData(info, 'get', challengeSalt, used),
      authenticatorData: `${RP_ID_HASH}${flags[1]}00000000`,
      signature,
    },
  }
}

const none = plain({
  section: '§16.2',
  info: 'none.ES256',
  flags: ['59', '19'],
  extras: [true, false],
  signature:
    '3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87',
})

const crossOrigin = plain({
  section: '§16.4',
  info: 'none.ES256.crossOrigin',
  flags: ['45', '05'],
  frame: '"crossOrigin":true',
  extras: [true, true],
  signature:
    '3046022100eb12fcf23b12764c0f122e22371fab92e283879fd798f38ee1841c951b6e40e7022100c76237ff9db77b3c56f30837cda6a09acfa2e915544e609c0733b1184036d1cf',
})

const topOrigin = plain({
  section: '§16.5',
  info: 'none.ES256.topOrigin',
  flags: ['41', '05'],
  frame: '"crossOrigin":true,"topOrigin":"https://example.com"',
  extras: [false, true],
  signature:
    '3045022100b5a70c81780d5fcc9a4f2ae9caae99058f8accaf58b91fb59329646c28ac6ffc022012e101c165db3c8e9957f0c54dd6ca9b56bc3bd2f280bd2faa6c1d02c6e5c171',
})

const longId = plain({
  section: '§16.6',
  info: 'none.ES256.long-credential-id',
  idBytes: 1023,
  flags: ['49', '0d'],
  extras: [false, false],
  signature:
    '304502203ecef83fb12a0cae7841055f9f87103a99fd14b424194bbf06c4623d3ee6e3fd022100d2ace346db262b1374a6b70faa51f518a42ddca13a4125ce6f5052a75bac9fb6',
})

const SELF = 'packed-self.ES256'
const selfKey = deriveKey(SELF, 1)
const self: Vector = {
  section: '§16.3',
  info: SELF,
  idSalt: 5,
  idBytes: 32,
  publicKey: selfKey,
  isBackupEligible: true,
  registration: {
    challengeSalt: 0,
    clientData: toClientData(SELF, 'create', 0, `"crossOrigin":false,${extra(SELF, 3)}`),
    attestationObject: `a363666d74667061636b65646761747453746d74a263616c672663736967584630440220067a20754ab925005dbf378097c92120031581c73228d1fb4f5b881bcd7da98302207fc7b147558c7c0eba3af18bd9d121fa3d3a26d17fe3f220272178f473b6006d68617574684461746158a4${attested(SELF, '5d', 4, derive(SELF, 5, 32), selfKey)}`,
  },
  authentication: {
    challengeSalt: 7,
    clientData: toClientData(SELF, 'get', 7, `"crossOrigin":false,${extra(SELF, 9)}`),
    authenticatorData: `${RP_ID_HASH}0900000000`,
    signature:
      '304402203310b9431903c401f1be2bdc8d23a4007682dbbddcf846994947b7f465daf84002204e94dd00047b316061b3b99772b7efd95994a83ef584b3b6b825ea3550251b66',
  },
}

const PACKED = 'packed.ES256'
const packedKey = deriveKey(PACKED, 1)
/** The statement has a certificate of the model, which is neither asked for nor taken here. */
const packed: Vector = {
  section: '§16.7',
  info: PACKED,
  idSalt: 5,
  idBytes: 32,
  publicKey: packedKey,
  isBackupEligible: true,
  registration: {
    challengeSalt: 0,
    clientData: toClientData(PACKED, 'create', 0, `"crossOrigin":false,${extra(PACKED, 3)}`),
    attestationObject: `a363666d74667061636b65646761747453746d74a363616c6726637369675847304502203f19ec4b229f46ab8c45eff29b904ff10c0390dc40bf1216f04a78f4ceba3425022100fe7041a32759aff05a0f9f26c70a999c7a284451ba89234a1d3483c25e21925b637835638159022530820221308201c8a00302010202110088c220f83c8ef1feafe94deae45faad0300a06082a8648ce3d0403023062311e301c06035504030c15576562417574686e207465737420766563746f7273310c300a060355040a0c0357334331253023060355040b0c1c41757468656e74696361746f72204174746573746174696f6e204341310b30090603550406130241413020170d3234303130313030303030305a180f33303234303130313030303030305a305f311e301c06035504030c15576562417574686e207465737420766563746f7273310c300a060355040a0c0357334331223020060355040b0c1941757468656e74696361746f72204174746573746174696f6e310b30090603550406130241413059301306072a8648ce3d020106082a8648ce3d03010703420004a91ba4389409dd38a428141940ca8feb1ac0d7b4350558104a3777a49322f3798440f378b3398ab2d3bb7bf91322c92eb23556f59ad0a836fec4c7663b0e4dc3a360305e300c0603551d130101ff04023000300e0603551d0f0101ff040403020780301d0603551d0e04160414a589ba72d060842ab11f74fb246bdedab16f9b9b301f0603551d2304183016801445aff715b0dd786741fee996ebc16547a3931b1e300a06082a8648ce3d040302034700304402201726b9d85ecd8a5ed51163722ca3a20886fd9b242a0aa0453d442116075defd502207ef471e530ac87961a88a7f0d0c17b091ffc6b9238d30f79f635b417be5910e768617574684461746158a4${attested(PACKED, '4d', 4, derive(PACKED, 5, 32), packedKey)}`,
  },
  authentication: {
    challengeSalt: 9,
    clientData: toClientData(PACKED, 'get', 9, `"crossOrigin":false,${extra(PACKED, 11)}`),
    authenticatorData: `${RP_ID_HASH}0d00000000`,
    signature:
      '30450220694969d3ee928de6f02ef23a9c644d7d779916451734a94b432542f498a1ebe90221008b0819c824218a97152cd099c55bfb1477b29d900a49a64018314f9bfccda163',
  },
}

/** The product of the two smallest Mersenne primes of at least 1024 bits. */
const MODULUS = ((2n ** 1279n - 1n) * (2n ** 2203n - 1n)).toString(16).padStart(872, '0')
const RSA = 'packed.RS256'
const rsa: Vector = {
  section: '§16.10',
  info: RSA,
  idSalt: 3,
  idBytes: 32,
  publicKey: `a4010303390100205901b4${MODULUS}2143010001`,
  isBackupEligible: true,
  registration: null,
  authentication: {
    challengeSalt: 7,
    clientData: toClientData(RSA, 'get', 7, '"crossOrigin":false'),
    authenticatorData: `${RP_ID_HASH}1900000000`,
    signature:
      '01063d52d7c39b4d432fc7063c5d93e582bdcb16889cd71f888d67d880ea730a428498d3bc8e1ee11f2b1ecbe6c292b118c55ffaaddefa8cad0a54dd137c51f1eec673f1bb6c4d1789d6826a222b22d0f585fc901fdc933212e579d199b89d672aa44891333e6a1355536025e82b25590256c3538229b55737083b2f6b9377e49e2472f11952f79fdd0da180b5ffd901b4049a8f081bb40711bef76c62aed943571f2d0575304cb549d68d8892f95086a30f93716aee818f8dc06e96c0d5e0ed4cfa9fd8773d90464b68cf140f7986666ff9c9e3302acd0535d60d769f465e2ab57ef8aabc89fccfef7ba32a64154a8b3d26be2298f470b8cc5377dbe3dfd4b0b45f8f01e63bde6cfc76b62771f9b70aa27cf40152cad93aa5acd784fd4b90f676e2ea828d0bf2400aebbaae4153e5838f537f88b6228346782a93a899be66ec77de45b3efcf311da6321c92e6b0cd11bfe653bf3e98cee8e341f02d67dbb6f9c98d9e8178090cfb5b70fbc6d541599ac794ae2f1d4de1286ec8de8c2daf7b1d15c8438e90d924df5c19045220a4c8438c1b979bbe016cf3d0eeec23c3999d4882cc645b776de930756612cdc6dd398160ff02a6',
  },
}

const EDDSA = 'packed.EdDSA'
const eddsa: Vector = {
  section: '§16.11',
  info: EDDSA,
  idSalt: 5,
  idBytes: 32,
  publicKey: 'a401010327200621582044e06ddd331c36a8dc667bab52bcae63486c916aa5e339e6acebaa84934bf832',
  isBackupEligible: false,
  registration: null,
  authentication: {
    challengeSalt: 9,
    clientData: toClientData(EDDSA, 'get', 9, '"crossOrigin":false'),
    authenticatorData: `${RP_ID_HASH}0100000000`,
    signature:
      'f5c59c7e46c34f6f8cc197101ddf9934fa2595f68eb1913a637e8419eb9ba4cfdfc48f85393bc0d40b011f0d6fecb097d6607525713223a0dc0d453993dae00b',
  },
}

/** What is taken as it is. */
export const accepted: readonly Vector[] = [none, self, longId]
/** Whose use is taken, though the making is not handed in, or is refused for its certificate. */
export const known: readonly Vector[] = [packed, rsa, eddsa]
/** From a page in somebody else’s frame. */
export const framed: readonly Vector[] = [crossOrigin, topOrigin]
export { packed }
