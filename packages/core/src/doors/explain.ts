/**
 * A credential held against every check, for those who may read decisions. The verdict is the one that everybody gets
 * (`verdictOf`), and what each check saw is read beside it: never a secret, and nothing about a session or key whose
 * secret was not the right one.
 */
import {
  allowsAll,
  type CheckedCredential,
  type CheckName,
  type CheckShape,
  credentialChecks,
  type ErrorCode,
  failedCheck,
  isAccessTokenId,
  type OpaqueCredential,
  type Permission,
  parseOpaqueCredential,
  toTrace,
} from '@countersign/protocol'
import {
  isAddressAllowed,
  readUnverifiedClaims,
  readUnverifiedHeader,
  type Verdict,
} from '@countersign/verifier'
import type { Context } from '../context.ts'
import type { PrincipalView } from '../store-port.ts'
import { cutToPolicy, levelOf } from './held-session.ts'
import { type VerifyContext, verdictOf } from './verify.ts'

export interface ExplainInput {
  readonly credential: string
  /** Null for what is not asked about. */
  readonly permissions: readonly Permission[] | null
  readonly audience: string | null
  readonly address: string | null
}

export interface Explained {
  readonly kind: CheckedCredential
  readonly credentialId: string | null
  readonly code: ErrorCode | null
  readonly reason: string | null
  readonly position: number
  readonly checks: readonly CheckShape[]
}

type Seen = Partial<Record<CheckName, string | null>>
type ToTime = (ms: number | null) => string

export async function explainCredential(
  context: VerifyContext,
  input: ExplainInput,
  nowMs: number,
  tellTime: (ms: number) => string,
): Promise<Explained> {
  const found = await verdictOf(context, input.credential, nowMs)
  const reason = 'reason' in found ? found.reason : null
  const toTime: ToTime = (ms) => (ms === null ? 'never' : tellTime(ms))
  const { kind, credentialId, seen } = await look(context, input.credential, reason, toTime)
  const order = orderOf(kind, input)
  const told = { kind, credentialId, position: context.feed.position() }
  if ('reason' in found) {
    const failed = failedOf(kind, found.reason)
    return { ...told, code: 'invalid_credential', reason: found.reason, checks: toTrace(order, failed, seen) }
  }
  const use = judgeUse(input, found)
  const all = { ...seen, ...use.seen }
  return { ...told, code: use.code, reason: use.reason, checks: toTrace(order, use.failed, all) }
}

/** A check of the log in memory stands for the state itself here, which was read. */
function orderOf(
  kind: CheckedCredential,
  { permissions, audience, address }: ExplainInput,
): readonly CheckName[] {
  const isSigned = kind === 'access_token'
  const own = credentialChecks[kind].filter(
    (check) => check !== 'lease' && check !== 'audience' && (isSigned || check !== 'revocations'),
  )
  const use: readonly (CheckName | null)[] = [
    audience === null ? null : 'audience',
    address === null ? null : 'address',
    permissions === null ? null : 'permission',
  ]
  return [...own, ...use.filter((check) => check !== null)]
}

function failedOf(kind: CheckedCredential, reason: string): CheckName {
  const failed = failedCheck('invalid_credential', reason, false)
  return failed === 'revocations' && kind !== 'access_token' ? 'floor' : failed
}

interface Use {
  readonly failed: CheckName | null
  readonly code: ErrorCode | null
  readonly reason: string | null
  readonly seen: Seen
}

function judgeUse({ permissions, audience, address }: ExplainInput, verdict: Verdict): Use {
  const seen: Seen = {
    audience: `wanted=${audience} credential=${toList(verdict.audiences)}`,
    address: `from=${address} allowed=${toList(verdict.allowAddresses) || 'any'}`,
    permission: `needed=${toList(permissions ?? [])} held=${toList(verdict.permissions) || 'none'}`,
  }
  if (audience !== null && !verdict.audiences.includes(audience)) {
    return { failed: 'audience', code: 'invalid_credential', reason: 'wrong_audience', seen }
  }
  const isElsewhere =
    address !== null &&
    verdict.allowAddresses.length > 0 &&
    !isAddressAllowed(address, verdict.allowAddresses)
  if (isElsewhere) return { failed: 'address', code: 'credential_address_refused', reason: 'address', seen }
  if (permissions !== null && !allowsAll(verdict.permissions, permissions)) {
    return { failed: 'permission', code: 'permission_denied', reason: 'no_permission', seen }
  }
  return { failed: null, code: null, reason: null, seen }
}

interface Looked {
  readonly kind: CheckedCredential
  readonly credentialId: string | null
  readonly seen: Seen
}

async function look(
  context: Context,
  credential: string,
  reason: string | null,
  toTime: ToTime,
): Promise<Looked> {
  if (credential.includes('.')) return lookAtToken(credential)
  const parsed = parseOpaqueCredential(credential, context.policy.credentialStyle)
  if (parsed === null) return { kind: 'unknown', credentialId: null, seen: { form: null } }
  const { kind, id } = parsed
  const form = `kind=${kind} environment=${context.policy.credentialStyle.environment}`
  const base = { form, known: `id=${id}` }
  // Whoever knows an id alone, which is public, learns nothing about it here.
  const isProven = reason !== 'unknown' && reason !== 'wrong_secret'
  return {
    kind,
    credentialId: id,
    seen: isProven ? { ...base, ...(await lookInside(context, parsed, toTime)) } : base,
  }
}

async function lookInside(context: Context, parsed: OpaqueCredential, toTime: ToTime): Promise<Seen> {
  if (parsed.kind === 'refresh') return { kind: 'refresh_token=token_endpoint_only' }
  if (parsed.kind === 'session') {
    const { found } = await context.store.readSessionForVerdict(parsed.id)
    if (found === null) return {}
    const { session: kept, principal } = found
    const session = cutToPolicy(context, kept, principal)
    return {
      kind: `delivery=${session.delivery}`,
      ended: `ended_at=${toTime(session.endedAtMs)}`,
      expiry: `expires_at=${toTime(session.expiresAtMs)}`,
      idle: `idle_expires_at=${toTime(session.idleExpiresAtMs)}`,
      ...lookAtOwner(principal, session.issuedPosition, toTime),
      level: `demanded=${levelOf(context, principal) ?? 'none'} amr=${session.amr.join(',')}`,
    }
  }
  const { found } = await context.store.readApiKeyForVerdict(parsed.id)
  if (found === null) return {}
  const { key, principal } = found
  return {
    overlap: `overlap_ends_at=${toTime(key.overlapEndsAtMs)}`,
    ended: `ended_at=${toTime(key.endedAtMs)}`,
    suspended: `suspended_at=${toTime(key.suspendedAtMs)}`,
    expiry: `expires_at=${toTime(key.expiresAtMs)}`,
    ...lookAtOwner(principal, key.issuedPosition, toTime),
  }
}

const lookAtOwner = ({ id, rights }: PrincipalView, issuedPosition: number, toTime: ToTime): Seen => ({
  owner: `${id} disabled_at=${toTime(rights.disabledAtMs)}`,
  floor: `issued_position=${issuedPosition} revoked_before=${rights.floor}`,
})

/** What the token says of itself, which is true only as far as the signature was passed. */
function lookAtToken(credential: string): Looked {
  const header = readUnverifiedHeader(credential) ?? {}
  const claims = readUnverifiedClaims(credential) ?? {}
  const { jti } = claims
  return {
    kind: 'access_token',
    credentialId: typeof jti === 'string' && isAccessTokenId(jti) ? jti : null,
    seen: {
      kind: say('typ', header.typ),
      signing_key: say('kid', header.kid),
      algorithm: say('alg', header.alg),
      issuer: say('iss', claims.iss),
      expiry: say('exp', claims.exp),
      not_before: say('iat', claims.iat),
      epoch: say('epoch', claims.epoch),
      revocations: say('pos', claims.pos),
    },
  }
}

/** Anybody can write a token, so whatever stands in it is cut short and made one plain line. */
function say(name: string, value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : 'none'
  return `${name}=${text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, SAID_MAX)}`
}
const SAID_MAX = 120

const toList = (items: readonly string[]): string => items.join(',')
