/**
 * The ids of everything Countersign stores. An id is a prefix that names the kind and 26 characters of
 * lower-case Crockford base32: 48 bits of time in milliseconds, then 80 random bits (the layout of UUIDv7,
 * spelled shorter), so that rows clustered by id are written next to one another.
 */

export type AccountId = `acc_${string}`
export type ServiceAccountId = `svc_${string}`
export type SessionId = `ses_${string}`
export type GrantId = `gra_${string}`
export type ApiKeyId = `key_${string}`
export type AccessTokenId = `jwt_${string}`
export type SigningKeyId = `sig_${string}`
export type AuditEventId = `evt_${string}`
export type RevocationId = `rev_${string}`
export type DecisionId = `dec_${string}`
export type FactorId = `fac_${string}`
export type MailId = `mai_${string}`
export type DeviceId = `dev_${string}`
export type InvitationId = `inv_${string}`
export type InitialAccessTokenId = `irt_${string}`
export type IdentityId = `idn_${string}`
/** A person or a program: whoever a credential speaks for. */
export type PrincipalId = AccountId | ServiceAccountId
/** Roles and clients are named by people: 1–64 characters of `a-z 0-9 -`, starting with a letter. */
export type RoleId = string
/** A name, or the URL of a document in which the client describes itself. */
export type ClientId = string

/** The prefix of each generated id. */
export type IdPrefix =
  | 'acc'
  | 'svc'
  | 'ses'
  | 'gra'
  | 'key'
  | 'jwt'
  | 'sig'
  | 'evt'
  | 'rev'
  | 'dec'
  | 'fac'
  | 'mai'
  | 'dev'
  | 'inv'
  | 'irt'
  | 'idn'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const BODY = '[0-9a-hjkmnp-tv-z]{26}'

/** How many random bytes `toId` needs. */
export const ID_RANDOM_BYTES = 10

/**
 * Builds an id from its prefix, the time in milliseconds since 1970 and 10 random bytes.
 * Ids made later sort later, to the millisecond.
 */
export function toId<P extends IdPrefix>(prefix: P, nowMs: number, random: Uint8Array): `${P}_${string}` {
  return `${prefix}_${toIdBody(nowMs, random)}`
}

/** The same without a prefix, for what has an id of another form. */
export function toIdBody(nowMs: number, random: Uint8Array): string {
  return `${timePart(nowMs)}${randomPart(random)}`
}

/** How many bytes `toAliasId` needs. */
export const ALIAS_BYTES = 16

/**
 * An id of 128 bits that somebody has derived, in the form of all others: nothing that reads ids can tell the two apart,
 * and the time in it is none.
 */
export function toAliasId<P extends IdPrefix>(prefix: P, derived: Uint8Array): `${P}_${string}` {
  if (derived.length !== ALIAS_BYTES) throw new RangeError(`An alias has ${ALIAS_BYTES} bytes.`)
  const time = derived.subarray(0, TIME_BYTES).reduce((value, byte) => value * 256 + byte, 0)
  return toId(prefix, time, derived.subarray(TIME_BYTES))
}

const TIME_BYTES = 6

/** 48 bits as ten characters; the first carries three bits, so it never passes `7`. */
function timePart(nowMs: number): string {
  let text = ''
  let rest = Math.floor(nowMs)
  for (let index = 0; index < 10; index += 1) {
    text = ALPHABET.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}

/** 80 bits as sixteen characters of five bits. */
function randomPart(random: Uint8Array): string {
  let text = ''
  let held = 0
  let heldBits = 0
  for (const byte of random.subarray(0, ID_RANDOM_BYTES)) {
    held = (held << 8) | byte
    heldBits += 8
    while (heldBits >= 5) {
      heldBits -= 5
      text += ALPHABET.charAt((held >> heldBits) & 31)
    }
    held &= (1 << heldBits) - 1
  }
  return text
}

/** The time an id was made, in milliseconds since 1970; only for ids that `isX` has accepted. */
export function timeOfId(id: string): number {
  let value = 0
  for (const character of id.slice(4, 14)) value = value * 32 + ALPHABET.indexOf(character)
  return value
}

const patterns: Record<IdPrefix, RegExp> = {
  acc: new RegExp(`^acc_${BODY}$`),
  svc: new RegExp(`^svc_${BODY}$`),
  ses: new RegExp(`^ses_${BODY}$`),
  gra: new RegExp(`^gra_${BODY}$`),
  key: new RegExp(`^key_${BODY}$`),
  jwt: new RegExp(`^jwt_${BODY}$`),
  sig: new RegExp(`^sig_${BODY}$`),
  evt: new RegExp(`^evt_${BODY}$`),
  rev: new RegExp(`^rev_${BODY}$`),
  dec: new RegExp(`^dec_${BODY}$`),
  fac: new RegExp(`^fac_${BODY}$`),
  mai: new RegExp(`^mai_${BODY}$`),
  dev: new RegExp(`^dev_${BODY}$`),
  inv: new RegExp(`^inv_${BODY}$`),
  irt: new RegExp(`^irt_${BODY}$`),
  idn: new RegExp(`^idn_${BODY}$`),
}

export const isAccountId = (text: string): text is AccountId => patterns.acc.test(text)
export const isServiceAccountId = (text: string): text is ServiceAccountId => patterns.svc.test(text)
export const isPrincipalId = (text: string): text is PrincipalId =>
  isAccountId(text) || isServiceAccountId(text)
export const isSessionId = (text: string): text is SessionId => patterns.ses.test(text)
export const isGrantId = (text: string): text is GrantId => patterns.gra.test(text)
export const isApiKeyId = (text: string): text is ApiKeyId => patterns.key.test(text)
export const isAccessTokenId = (text: string): text is AccessTokenId => patterns.jwt.test(text)
export const isSigningKeyId = (text: string): text is SigningKeyId => patterns.sig.test(text)
export const isAuditEventId = (text: string): text is AuditEventId => patterns.evt.test(text)
export const isRevocationId = (text: string): text is RevocationId => patterns.rev.test(text)
export const isDecisionId = (text: string): text is DecisionId => patterns.dec.test(text)
export const isFactorId = (text: string): text is FactorId => patterns.fac.test(text)
export const isMailId = (text: string): text is MailId => patterns.mai.test(text)
export const isDeviceId = (text: string): text is DeviceId => patterns.dev.test(text)
export const isInvitationId = (text: string): text is InvitationId => patterns.inv.test(text)
export const isInitialAccessTokenId = (text: string): text is InitialAccessTokenId => patterns.irt.test(text)
export const isIdentityId = (text: string): text is IdentityId => patterns.idn.test(text)

/** Of which kind a principal is, its id says. */
export const kindOfPrincipal = (id: PrincipalId): 'account' | 'service_account' =>
  isAccountId(id) ? 'account' : 'service_account'

const NAME = /^[a-z][a-z0-9-]{0,63}$/
export const isRoleId = (text: string): text is RoleId => NAME.test(text)
export const isClientName = (text: string): text is ClientId => NAME.test(text)
export const isClientId = (text: string): text is ClientId => isClientName(text) || isClientDocumentUrl(text)

/** It stands in every token, so that it is short. */
export const CLIENT_DOCUMENT_URL_CHARACTERS_MAX = 200
const DOCUMENT_URL = /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:\/[A-Za-z0-9._~-]+)+\/?$/

/**
 * draft-ietf-oauth-client-id-metadata-document §3, and narrower: https with a path, without query, fragment, user name
 * and escapes, in the one spelling that the URL standard gives it, so that two texts are never the same place.
 */
export function isClientDocumentUrl(text: string): boolean {
  if (text.length > CLIENT_DOCUMENT_URL_CHARACTERS_MAX || !DOCUMENT_URL.test(text)) return false
  return URL.canParse(text) && new URL(text).href === text
}

/** The roles that exist from the start: who may do everything, and what everybody is who signs up. */
export const ADMINISTRATOR: RoleId = 'administrator'
export const MEMBER: RoleId = 'member'

/** The client that stands for the authority's own applications; it exists from the start. */
export const FIRST_PARTY_CLIENT: ClientId = 'first-party'
