/**
 * An identity: the account that a person has with somebody else, a provider, and signs in with here. It is known by
 * issuer and subject and by nothing else: addresses and names are given to other people in time (OpenID Connect Core
 * §5.7).
 */
import type { AccountId, AmrWord, IdentityId, SessionId } from '@countersign/protocol'

export interface Identity {
  readonly id: IdentityId
  readonly accountId: AccountId
  /** As the settings name the provider. */
  readonly provider: string
  readonly issuer: string
  readonly subject: string
  /** What the provider called it when it was connected, for its owner to know it by; an address, or a name. */
  readonly label: string | null
  readonly createdAtMs: number
  readonly lastUsedAtMs: number | null
  /** The session in which it was connected; null where the account began with it. */
  readonly madeIn: SessionId | null
}

/** What a provider has just told of somebody who stands before it. */
export interface ProvedIdentity {
  readonly provider: string
  readonly issuer: string
  readonly subject: string
  readonly email: string | null
  /** Whether the provider says that it has seen to it; nothing else counts. */
  readonly isEmailVerified: boolean
  readonly name: string | null
  /** When they have proved there who they are, where the provider tells. */
  readonly authTimeMs: number | null
}

export const IDENTITIES_PER_ACCOUNT_MAX = 10

/** A provider's word is one factor. */
export const FEDERATED: AmrWord = 'fed'

/** OpenID Connect Core §2: a subject has at most 255 characters. */
const SUBJECT_CHARACTERS_MAX = 255
const ISSUER_CHARACTERS_MAX = 2048
const LABEL_CHARACTERS_MAX = 254

/** Whether it can be kept. */
export const isKeepable = ({ issuer, subject }: ProvedIdentity): boolean =>
  subject !== '' &&
  subject.length <= SUBJECT_CHARACTERS_MAX &&
  issuer !== '' &&
  issuer.length <= ISSUER_CHARACTERS_MAX

/** As it is kept once somebody has it, and has not signed in with it yet. */
export const newIdentity = (
  proved: ProvedIdentity,
  begun: Pick<Identity, 'id' | 'accountId' | 'createdAtMs' | 'madeIn'>,
): Identity => ({
  ...begun,
  provider: proved.provider,
  issuer: proved.issuer,
  subject: proved.subject,
  label: labelOf(proved),
  lastUsedAtMs: null,
})

function labelOf({ email, name }: ProvedIdentity): string | null {
  const label = (email ?? name)?.trim() ?? ''
  return label === '' ? null : label.slice(0, LABEL_CHARACTERS_MAX)
}
