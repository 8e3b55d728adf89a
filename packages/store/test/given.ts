/** What tests begin with: ids in order, and principals, sessions, grants and keys with sensible defaults. */
import type {
  Account,
  ApiKey,
  AuditEvent,
  Grant,
  HourOfUse,
  Role,
  ServiceAccount,
  Session,
  SigningKeyDraft,
} from '@countersign/core'
import { ID_RANDOM_BYTES, type IdPrefix, type PrincipalId, type RoleId, toId } from '@countersign/protocol'
import type { Bench } from './bench.ts'

/** When the tests play. */
export const NOW: number = 1_800_000_000_000
export const SECOND: number = 1000
export const MINUTE: number = 60 * SECOND
export const HOUR: number = 60 * MINUTE
export const DAY: number = 24 * HOUR
/** When log entries written by tests expire. */
export const ENTRY_EXPIRES: number = NOW + HOUR

let made = 0

/** Later ids sort after earlier ones. */
export function makeId<P extends IdPrefix>(prefix: P): `${P}_${string}` {
  made += 1
  const random = new Uint8Array(ID_RANDOM_BYTES)
  new DataView(random.buffer).setUint32(0, made)
  return toId(prefix, NOW, random)
}

export function makeText(prefix: string): string {
  made += 1
  return `${prefix}-${made}`
}

export function makeEvent(over: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: makeId('evt'),
    atMs: NOW,
    type: 'test.done',
    outcome: 'success',
    actor: { kind: 'system', id: null, credential: null },
    target: null,
    address: null,
    requestId: null,
    details: {},
    ...over,
  }
}

/** What every change of the log carries. */
export const change = (): { nowMs: number; entryExpiresAtMs: number; audit: AuditEvent } => ({
  nowMs: NOW,
  entryExpiresAtMs: ENTRY_EXPIRES,
  audit: makeEvent(),
})

export const makeAccount = (over: Partial<Account> = {}): Account => ({
  id: makeId('acc'),
  email: `${makeText('person')}@example.com`,
  name: 'A Person',
  emailVerifiedAtMs: null,
  createdAtMs: NOW,
  disabledAtMs: null,
  passwordChangeRequiredAtMs: null,
  passwordBreachedAtMs: null,
  ...over,
})

export async function givenAccount(
  { store }: Bench,
  roles: readonly RoleId[] = ['member'],
): Promise<Account> {
  const account = makeAccount()
  const created = await store.createAccount({ account, passwordHash: 'hash', roles, audit: makeEvent() })
  if (created !== 'created') throw new Error(created)
  return account
}

export const makeServiceAccount = (over: Partial<ServiceAccount> = {}): ServiceAccount => ({
  id: makeId('svc'),
  name: 'A Program',
  audiences: ['https://api.example.com'],
  createdAtMs: NOW,
  disabledAtMs: null,
  ...over,
})

export async function givenServiceAccount(
  { store }: Bench,
  roles: readonly RoleId[] = [],
): Promise<ServiceAccount> {
  const account = makeServiceAccount()
  const created = await store.createServiceAccount({ account, roles, audit: makeEvent() })
  if (created !== 'created') throw new Error(created)
  return account
}

export async function givenRole(
  { store }: Bench,
  permissions: readonly string[] = ['notes:read'],
): Promise<Role> {
  const role: Role = {
    id: makeText('role'),
    description: null,
    permissions,
    builtIn: false,
    createdAtMs: NOW,
  }
  const created = await store.createRole(role, makeEvent())
  if (created !== 'created') throw new Error(created)
  return role
}

export const makeSession = (account: Account, over: Partial<Session> = {}): Session => ({
  id: makeId('ses'),
  accountId: account.id,
  createdAtMs: NOW,
  expiresAtMs: NOW + DAY,
  idleSeconds: 1800,
  idleExpiresAtMs: NOW + 30 * MINUTE,
  lastSeenAtMs: NOW,
  lastAddress: '192.0.2.1',
  endedAtMs: null,
  issuedPosition: 0,
  authTimeMs: NOW,
  amr: ['pwd'],
  acr: null,
  delivery: 'session_token',
  device: 'Firefox on Linux',
  userAgent: 'Mozilla/5.0',
  address: '192.0.2.1',
  place: null,
  ...over,
})

/** Opens a session at the log's head, as a sign-in does. */
export async function givenSession(
  { store }: Bench,
  account: Account,
  over: Partial<Session> = {},
): Promise<Session> {
  const { position } = await store.readHead()
  const session = makeSession(account, { issuedPosition: position, ...over })
  const opened = await store.openSession({
    session,
    digest: `digest of ${session.id}`,
    grant: null,
    sessionsMax: 100,
    entryExpiresAtMs: ENTRY_EXPIRES,
    audit: makeEvent(),
  })
  if (opened.kind !== 'opened') throw new Error(opened.kind)
  return session
}

export const makeGrant = (session: Session, over: Partial<Grant> = {}): Grant => ({
  id: makeId('gra'),
  principalId: session.accountId,
  clientId: 'first-party',
  sessionId: session.id,
  scope: ['*'],
  identityScopes: [],
  audiences: ['https://api.example.com'],
  jkt: null,
  createdAtMs: NOW,
  expiresAtMs: session.expiresAtMs,
  endedAtMs: null,
  issuedPosition: session.issuedPosition,
  ...over,
})

export interface Family {
  readonly session: Session
  readonly grant: Grant
}

/** The digest of a generation of a grant's refresh tokens; they begin at 1. */
export const digestOf = (grant: Pick<Grant, 'id'>, generation: number): string => `${grant.id} ${generation}`

/** A session with a grant and its first refresh token. */
export async function givenGrant(
  { store }: Bench,
  account: Account,
  over: { session?: Partial<Session>; grant?: Partial<Grant> } = {},
): Promise<Family> {
  const { position } = await store.readHead()
  const session = makeSession(account, { issuedPosition: position, delivery: 'jwt', ...over.session })
  const grant = makeGrant(session, over.grant)
  const opened = await store.openSession({
    session,
    digest: `digest of ${session.id}`,
    grant: { grant, refreshDigest: digestOf(grant, 1) },
    sessionsMax: 100,
    entryExpiresAtMs: ENTRY_EXPIRES,
    audit: makeEvent(),
  })
  if (opened.kind !== 'opened') throw new Error(opened.kind)
  return { session, grant }
}

export const makeApiKey = (ownerId: PrincipalId, over: Partial<ApiKey> = {}): ApiKey => ({
  id: makeId('key'),
  ownerId,
  name: 'A key',
  permissions: ['notes:read'],
  resources: [],
  audiences: [],
  allowAddresses: [],
  rateLimit: null,
  createdAtMs: NOW,
  createdBy: ownerId,
  expiresAtMs: null,
  endedAtMs: null,
  lastUsedAtMs: null,
  lastAddress: null,
  overlapEndsAtMs: null,
  suspendedAtMs: null,
  issuedPosition: 0,
  ...over,
})

export async function givenApiKey(
  { store }: Bench,
  ownerId: PrincipalId,
  over: Partial<ApiKey> = {},
): Promise<ApiKey> {
  const { position } = await store.readHead()
  const key = makeApiKey(ownerId, { issuedPosition: position, ...over })
  const created = await store.createApiKey({
    key,
    digest: `digest of ${key.id}`,
    keysMax: 100,
    audit: makeEvent(),
  })
  if (created !== 'created') throw new Error(created)
  return key
}

export const makeHour = (over: Partial<HourOfUse> = {}): HourOfUse => ({
  hourMs: NOW,
  route: 'read_note',
  reportedBy: null,
  count: 1,
  refused: 0,
  lastAtMs: NOW,
  lastAddress: '192.0.2.1',
  ...over,
})

export const makeSigningKey = (over: Partial<SigningKeyDraft> = {}): SigningKeyDraft => ({
  id: makeId('sig'),
  line: 'main',
  algorithm: 'ES256',
  state: 'next',
  publicJwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' },
  sealedPrivateKey: 'sealed',
  createdAtMs: NOW,
  promotedAtMs: null,
  demotedAtMs: null,
  retiredAtMs: null,
  ...over,
})
