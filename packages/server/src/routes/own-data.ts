/** What a person sees of themselves: the account, its name changed, what happened lately, and everything at once. */
import {
  type Activity,
  type Caller,
  changeOwnName,
  exportOwnData,
  listOwnActivity,
  type OwnData,
  type Profile,
  RECENT_SECONDS,
  readOwnAccount,
  sessionOf,
} from '@countersign/core'
import {
  AAL1,
  type ActivityShape,
  type ChangeOwnAccountRequest,
  isSessionId,
  type OwnDataResponse,
} from '@countersign/protocol'
import { json } from '../http/reply.ts'
import { type AnyRoute, type Call, protectedRoute } from '../http/route.ts'
import { type PageQuery, pageOf, pageQuerySchema } from '../schemas/common.ts'
import {
  activitySchema,
  changeOwnAccountSchema,
  ownAccountSchema,
  ownDataSchema,
} from '../schemas/own-data.ts'
import { refused } from './answer.ts'
import { toConsentShape } from './consents.ts'
import { toGrantShape } from './credential-tree.ts'
import { toFactorShape } from './factor-shapes.ts'
import { toIdentityShape } from './identity-shapes.ts'
import { toDeviceShape } from './my-devices.ts'
import { toAccountDetail, toApiKeyShape, toPage, toSessionDetail, toTime } from './shapes.ts'

const read: AnyRoute = protectedRoute({
  name: 'read_own_account',
  method: 'GET',
  path: '/v1/me/account',
  summary: 'One’s own account, and whether its address is verified.',
  tag: 'Me',
  access: 'credential',
  responses: { 200: { description: 'The account.', schema: ownAccountSchema } },
  handle: async (call) => {
    const answer = await readOwnAccount(call.services.core, call.caller)
    return answer.ok ? json(200, { account: toAccountDetail(answer.account) }) : refused(call, answer)
  },
})

const change: AnyRoute = protectedRoute<ChangeOwnAccountRequest>({
  name: 'change_own_account',
  method: 'PATCH',
  path: '/v1/me',
  summary: 'Change one’s own name.',
  tag: 'Me',
  access: 'credential',
  body: changeOwnAccountSchema,
  responses: { 200: { description: 'The account as it is now.', schema: ownAccountSchema } },
  handle: async (call) => {
    const answer = await changeOwnName(call.services.core, call.caller, call.body.name, call.facts)
    return answer.ok ? json(200, { account: toAccountDetail(answer.account) }) : refused(call, answer)
  },
})

const activity: AnyRoute = protectedRoute<undefined, PageQuery>({
  name: 'list_own_activity',
  method: 'GET',
  path: '/v1/me/activity',
  summary: 'What one did and what was done to one’s account, the newest first.',
  tag: 'Me',
  access: 'credential',
  query: pageQuerySchema,
  responses: { 200: { description: 'A page of it.', schema: pageOf(activitySchema) } },
  handle: async (call) => {
    const { limit, cursor = null } = call.query
    const answer = await listOwnActivity(call.services.core, call.caller, { limit, after: cursor })
    return answer.ok ? json(200, toPage(answer.activity, limit, toActivityShape)) : refused(call, answer)
  },
})

const exported: AnyRoute = protectedRoute({
  name: 'export_own_data',
  method: 'GET',
  path: '/v1/me/export',
  summary: 'Everything that is known about oneself, as one document.',
  tag: 'Me',
  access: 'credential',
  stepUp: { acr: AAL1, maxAgeSeconds: RECENT_SECONDS },
  responses: { 200: { description: 'All of it, without secrets.', schema: ownDataSchema } },
  handle: async (call) => {
    const { core, usage } = call.services
    // A use that waits to be written should show in what is exported.
    await usage.flush()
    const answer = await exportOwnData(core, call.caller, call.facts)
    if (!answer.ok) return refused(call, answer)
    return json(200, toDocument(call, answer.data))
  },
})

function toDocument(call: Call<unknown, unknown, Caller>, data: OwnData): OwnDataResponse {
  const { core, providers } = call.services
  const current = sessionOf(call.caller)
  return {
    exported_at: toTime(call.facts.nowMs),
    account: toAccountDetail(data.account),
    sessions: data.sessions.map((session) => toSessionDetail(session, current)),
    devices: data.devices.map((device) => toDeviceShape(device, null)),
    identities: data.identities.map((identity) => toIdentityShape(identity, providers)),
    factors: data.factors.factors.map(toFactorShape),
    recovery_codes_left: data.factors.recoveryCodesLeft,
    consents: data.consents.map(toConsentShape),
    grants: data.grants.map(toGrantShape),
    api_keys: data.apiKeys.map((key) => toApiKeyShape(key, core.policy)),
    activity: data.activity.map(toActivityShape),
    habits: data.habits === null ? null : toHabits(data.habits),
  }
}

/** What the person may know of an event. The rest is for whoever watches, such as how risk came to its sum. */
const TOLD = [
  'factor',
  'kind',
  'device',
  'delivery',
  'reason',
  'session',
  'via',
  'action',
  'fields',
  'verified',
  'provider',
]

function toActivityShape({ event, by }: Activity): ActivityShape {
  const { credential } = event.actor
  const isOwn = by === 'you'
  return {
    id: event.id,
    at: toTime(event.atMs),
    type: event.type,
    outcome: event.outcome,
    by,
    address: by === 'administrator' ? null : event.address,
    session: isOwn && credential !== null && isSessionId(credential) ? credential : null,
    details: Object.fromEntries(Object.entries(event.details).filter(([name]) => TOLD.includes(name))),
  }
}

function toHabits(profile: Profile): OwnDataResponse['habits'] {
  const lists = {
    network: profile.networks,
    provider: profile.providers,
    country: profile.countries,
    place: profile.places,
    device: profile.devices,
    agent: profile.agents,
  } as const
  const kinds = ['network', 'provider', 'country', 'place', 'device', 'agent'] as const
  const seen = kinds.flatMap((kind) =>
    lists[kind].map(([what, , firstMs, lastMs]) => ({
      kind,
      what,
      first_at: toTime(firstMs),
      last_at: toTime(lastMs),
    })),
  )
  return { sign_ins: profile.count, seen }
}

export const ownDataRoutes: readonly AnyRoute[] = [read, change, activity, exported]
