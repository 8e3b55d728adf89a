/** What is known about oneself: seen, the name changed, what has happened lately, and all of it as one document. */
import type { Account } from '../accounts/account.ts'
import type { ApiKey } from '../api-keys/api-key.ts'
import type { AuditEvent } from '../audit/event.ts'
import { type Caller, speaksForPrincipal, toActor } from '../caller.ts'
import { type Context, entryExpiry, type RequestFacts } from '../context.ts'
import type { Device } from '../devices/device.ts'
import { FACTOR_FAILURES_MAX } from '../factors/factor.ts'
import type { FactorsView } from '../factors-port.ts'
import type { Grant } from '../grants/grant.ts'
import type { Identity } from '../identities/identity.ts'
import { makeAudit } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import { type Profile, parseProfile } from '../risk/profile.ts'
import type { Session } from '../sessions/session.ts'
import type { AccountWithRoles } from './accounts.ts'
import type { NamedConsent } from './consents.ts'
import { listLivingSessions } from './held-session.ts'
import { accountOf } from './principals.ts'
import { requireStrongest } from './step-up.ts'

/** Only the person themselves: a key, or another client than our own, speaks with a part of their voice. */
export async function readOwnAccount(
  context: Context,
  caller: Caller,
): Promise<Outcome<{ account: AccountWithRoles }>> {
  const id = speaksForPrincipal(caller) ? accountOf(caller) : null
  const account = id === null ? null : await context.store.readAccount(id)
  return account === null ? refuse('permission_denied') : { ok: true, account }
}

export async function changeOwnName(
  context: Context,
  caller: Caller,
  name: string | null,
  facts: RequestFacts,
): Promise<Outcome<{ account: AccountWithRoles }>> {
  const own = await readOwnAccount(context, caller)
  if (!own.ok) return own
  const { id } = own.account
  const changed = await context.store.changeAccount({
    id,
    name: name?.trim() || null,
    nowMs: facts.nowMs,
    entryExpiresAtMs: entryExpiry(context.policy, facts.nowMs),
    audit: makeAudit(context, facts, {
      type: 'account.changed',
      actor: toActor(caller),
      target: { kind: 'account', id },
      details: { fields: 'name' },
    }),
  })
  if (changed !== 'changed') return refuse('permission_denied')
  // The name stands in verdicts: whoever asks next is told the new one.
  await context.feed.catchUp()
  return readOwnAccount(context, caller)
}

/** Who did it, as the person is told: where an administrator works, and who it was, is nothing of theirs. */
export type ActivityBy = 'you' | 'administrator' | 'somebody' | 'system'

export interface Activity {
  readonly event: AuditEvent
  readonly by: ActivityBy
}

export async function listOwnActivity(
  context: Context,
  caller: Caller,
  page: { readonly limit: number; readonly after: string | null },
): Promise<Outcome<{ activity: readonly Activity[] }>> {
  const own = await readOwnAccount(context, caller)
  if (!own.ok) return own
  return { ok: true, activity: await readActivity(context, own.account, page) }
}

async function readActivity(
  context: Context,
  { id }: Account,
  page: { readonly limit: number; readonly after: string | null },
): Promise<readonly Activity[]> {
  await context.gathered.settle()
  const events = await context.store.listActivity(id, page)
  return events.map((event) => ({ event, by: byWhom(event, id) }))
}

function byWhom({ actor }: AuditEvent, own: string): ActivityBy {
  if (actor.id === own) return 'you'
  if (actor.kind === 'system') return 'system'
  return actor.kind === 'anonymous' ? 'somebody' : 'administrator'
}

export interface OwnData {
  readonly account: AccountWithRoles
  readonly sessions: readonly Session[]
  readonly devices: readonly Device[]
  readonly identities: readonly Identity[]
  readonly factors: FactorsView
  readonly consents: readonly NamedConsent[]
  readonly grants: readonly Grant[]
  readonly apiKeys: readonly ApiKey[]
  readonly activity: readonly Activity[]
  /** What sign-ins are held against: where the account is usually used from. */
  readonly habits: Profile | null
}

/** Of each list the newest; whoever has more can read all of it page by page. */
const LISTED_MAX = 1000

/** All of it (GDPR Art. 15 and 20), with a proof of who it is that is recent, and as strong as the account has any. */
export async function exportOwnData(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<Outcome<{ data: OwnData }>> {
  const own = await requireStrongest(context, caller, facts)
  if (!own.ok) return own
  const { store } = context
  const { account: id } = own
  const account = await store.readAccount(id)
  const factors = await store.readFactors(id, FACTOR_FAILURES_MAX)
  if (account === null || factors === null) return refuse('permission_denied')
  const page = { limit: LISTED_MAX, after: null }
  const { profile } = await store.readRisk(id, facts.nowMs)
  const data = {
    account,
    factors,
    sessions: await listLivingSessions(context, id, facts.nowMs),
    devices: await store.listDevices(id),
    identities: await store.readIdentities(id),
    consents: await store.listConsents(id),
    grants: await store.listGrants(id, facts.nowMs, LISTED_MAX),
    apiKeys: await store.listApiKeys(id, page),
    activity: await readActivity(context, account, page),
    habits: profile === null ? null : parseProfile(profile),
  }
  const audit = makeAudit(context, facts, {
    type: 'account.exported',
    actor: toActor(caller),
    target: { kind: 'account', id },
  })
  await store.appendAudit([audit])
  return { ok: true, data }
}
