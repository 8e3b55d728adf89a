/**
 * The parameter `claims` (OIDC Core §5.5): claims that a client asks for one by one. What it may be told of a person is
 * a matter of scopes here, which the person is shown; so asking for a claim asks for its scope, if the client has it,
 * and what is not known or not to be had is passed over, as the specification wants.
 */
import { type Acr, acrValues, type IdentityScope, parseStrictJson } from '@countersign/protocol'

export interface RequestedClaims {
  readonly identityScopes: readonly IdentityScope[]
  /** Of these levels one must be reached (§5.5.1.1); empty where none was essential, `unknown` where none is ours. */
  readonly acrEssential: readonly Acr[] | 'unknown'
  /** The very person who is meant (§5.5.1). */
  readonly subject: string | null
}

const scopeOfClaim: Readonly<Record<string, IdentityScope>> = {
  name: 'profile',
  email: 'email',
  email_verified: 'email',
}

/** Null for what is no such request. Levels that we do not know make an essential one that nobody reaches. */
export function parseRequestedClaims(text: string): RequestedClaims | null {
  const parsed = parseStrictJson(text)
  const request = parsed.ok ? toRecord(parsed.value) : null
  if (request === null) return null
  const userInfo = toRecord(request.userinfo ?? {})
  const idToken = toRecord(request.id_token ?? {})
  if (userInfo === null || idToken === null) return null
  const members = [...Object.values(userInfo), ...Object.values(idToken)]
  if (!members.every((member) => member === null || toRecord(member) !== null)) return null
  const acr = toRecord(idToken.acr ?? {}) ?? {}
  const wanted = [acr.value, ...(Array.isArray(acr.values) ? acr.values : [])].filter(
    (one) => one !== undefined,
  )
  const isEssential = acr.essential === true && wanted.length > 0
  const subject = toRecord(idToken.sub ?? {})?.value
  if (subject !== undefined && typeof subject !== 'string') return null
  const names = [...Object.keys(userInfo), ...Object.keys(idToken)]
  const scopes = names.map((name) => scopeOfClaim[name]).filter((scope) => scope !== undefined)
  const known = acrValues.filter((one) => wanted.includes(one))
  const essential = known.length > 0 ? known : ('unknown' as const)
  return {
    identityScopes: [...new Set(scopes)],
    acrEssential: isEssential ? essential : [],
    subject: subject ?? null,
  }
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return value as Readonly<Record<string, unknown>>
}
