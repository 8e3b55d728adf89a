/**
 * The load under which servers are killed: everything that writes a credential or ends one, several at a time,
 * each worker on things of its own, so that what was acknowledged about them is known exactly.
 */
import { setTimeout } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { at, PASSWORD } from '../given.ts'
import { isUnsure } from './calls.ts'
import { workOnCodes } from './codes.ts'
import type { FamilyMemory, KeyMemory, ProgramMemory, Value, World } from './world.ts'

export const API_KEY_TOKEN_TYPE = 'urn:countersign:params:oauth:token-type:api-key'
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const KEY_WORKERS = 3
const FAMILIES_AT_ONCE = 8
/** How long a worker leaves a server alone that said it cannot answer. */
const RETRY_MS = 15

/** Ends when the server is gone, or when told to. */
export interface Run {
  readonly ended: Promise<void>
  stop(): void
}

/** Creates what the load works on; the server must be up. */
export async function prepare(world: World): Promise<void> {
  const created = { id: await createService(world), permissions: new Map<string, Value>() }
  for (const role of ['reader', 'writer']) {
    const permission = `things:${role}`
    await expectCreated(world, '/v1/roles', { id: role, permissions: [permission] })
    created.permissions.set(role, { acknowledged: permission, pending: null })
  }
  await world.call('PATCH', `/v1/service-accounts/${created.id}`, {
    key: world.adminKey,
    body: { roles: ['reader'] },
  })
  const permissions = ['things:*', 'others:*']
  const key = await expectCreated(world, '/v1/api-keys', {
    name: 'a key',
    permissions,
    service_account_id: created.id,
  })
  const role = { acknowledged: 'reader', pending: null }
  world.programs.push({ ...created, key: at(key, 'secret'), role })
}

async function createService(world: World): Promise<string> {
  return at(
    await expectCreated(world, '/v1/service-accounts', { name: 'a program' }),
    'service_account',
    'id',
  )
}

async function expectCreated(world: World, path: string, body: unknown): Promise<unknown> {
  const answer = await world.call('POST', path, { key: world.adminKey, body })
  if (answer.status !== 201) throw new Error(`${path} was answered ${answer.status}: ${answer.text}`)
  return answer.json
}

/** Starts the workers. One of them signs a new person up and in. */
export function startLoad(world: World): Run {
  const stopped = new AbortController()
  const goesOn = (): boolean => !stopped.signal.aborted
  const families = world.families.filter(({ fate }) => fate === 'lives').slice(-FAMILIES_AT_ONCE)
  const workers = [
    ...Array.from({ length: KEY_WORKERS }, () => workOnKeys(world, goesOn)),
    ...families.map((family) => workOnFamily(world, family, goesOn)),
    ...world.programs.map((program) => workOnRoles(world, program, goesOn)),
    signUpAndWork(world, goesOn),
    workOnCodes(world, goesOn),
  ]
  return { ended: Promise.all(workers).then(() => undefined), stop: () => stopped.abort() }
}

type GoesOn = () => boolean

/** A step of a worker; false when the server is gone. */
type Step = Promise<boolean>

async function workOnKeys(world: World, goesOn: GoesOn): Promise<void> {
  const owner = await world.call('POST', '/v1/service-accounts', {
    key: world.adminKey,
    body: { name: 'a program' },
  })
  if (owner.status !== 201) return
  const owned = at(owner.json, 'service_account', 'id')
  let key: KeyMemory | null = null
  while (goesOn()) {
    if (key === null || key.fate !== 'lives') {
      const made = await createKey(world, owned)
      if (made === 'gone') return
      key = made
    } else if (!(await world.random.pick(keySteps)(world, key))) return
  }
}

async function createKey(world: World, owner: string): Promise<KeyMemory | null | 'gone'> {
  const body = { name: 'a key', permissions: ['things:read'], service_account_id: owner }
  const made = await world.call('POST', '/v1/api-keys', { key: world.adminKey, body })
  if (made.status === 0) return 'gone'
  if (made.status === 503) return setTimeout(RETRY_MS, null)
  if (made.status !== 201) world.unexpected('creating a key', made)
  const key: KeyMemory = {
    id: at(made.json, 'api_key', 'id'),
    secret: at(made.json, 'secret'),
    fate: 'lives',
    endedSecrets: [],
    token: null,
    endedTokens: [],
  }
  world.keys.push(key)
  world.touched.add(key)
  return key
}

const keySteps = [
  (world: World, key: KeyMemory): Step => rotateKey(world, key, 0),
  (world: World, key: KeyMemory): Step => rotateKey(world, key, 3600),
  exchangeKey,
  exchangeKey,
  useKey,
  endKey,
] as const

async function rotateKey(world: World, key: KeyMemory, overlap: number): Step {
  world.touched.add(key)
  const body = { overlap_seconds: overlap }
  const rotated = await world.call('POST', `/v1/api-keys/${key.id}/rotate`, { key: world.adminKey, body })
  if (isUnsure(rotated)) {
    // Of what was made from it nothing is known; its secret still works where there is an overlap.
    key.token = null
    if (overlap === 0) key.fate = 'unsure'
    return rotated.status !== 0
  }
  // As many secrets as a key may have are at work: none is taken away by waiting.
  if (rotated.status === 409) return true
  if (rotated.status !== 200) world.unexpected('rotating a key', rotated)
  if (overlap === 0) key.endedSecrets.push(key.secret)
  if (key.token !== null) key.endedTokens.push(key.token)
  key.token = null
  key.secret = at(rotated.json, 'secret')
  return true
}

async function exchangeKey(world: World, key: KeyMemory): Step {
  const form = {
    grant_type: EXCHANGE,
    subject_token: key.secret,
    subject_token_type: API_KEY_TOKEN_TYPE,
    client_id: 'first-party',
  }
  const exchanged = await world.call('POST', '/oauth/token', { form })
  if (isUnsure(exchanged)) return exchanged.status !== 0
  if (exchanged.status !== 200) world.unexpected('exchanging a living key', exchanged)
  else key.token = at(exchanged.json, 'access_token')
  return true
}

async function useKey(world: World, key: KeyMemory): Step {
  const me = await world.call('GET', '/v1/me', { key: key.secret })
  if (!isUnsure(me) && me.status !== 200) world.unexpected('using a living key', me)
  return me.status !== 0
}

async function endKey(world: World, key: KeyMemory): Step {
  world.touched.add(key)
  const ended = await world.call('DELETE', `/v1/api-keys/${key.id}`, { key: world.adminKey })
  key.fate = isUnsure(ended) ? 'unsure' : 'ended'
  if (key.fate === 'ended' && ended.status !== 204) world.unexpected('ending a key', ended)
  return ended.status !== 0
}

async function signUpAndWork(world: World, goesOn: GoesOn): Promise<void> {
  const email = `person-${world.people.length}-${world.random.between(0, 1e9)}@example.com`
  const made = await world.call('POST', '/v1/sign-up', { body: { email, password: PASSWORD } })
  if (isUnsure(made)) return
  if (made.status !== 201) return world.unexpected('signing up', made)
  world.people.push(at(made.json, 'account', 'id'))
  const body = { email, password: PASSWORD, deliver: 'jwt' }
  const signedIn = await world.call('POST', '/v1/sign-in', { body })
  if (isUnsure(signedIn)) return
  if (signedIn.status !== 200) return world.unexpected('signing in', signedIn)
  const accessToken = at(signedIn.json, 'access_token')
  const family: FamilyMemory = {
    session: at(signedIn.json, 'session', 'id'),
    grant: String(decodeJwt(accessToken).gid),
    refreshToken: at(signedIn.json, 'refresh_token'),
    accessToken,
    generation: 1,
    isPending: false,
    fate: 'lives',
  }
  world.families.push(family)
  await workOnFamily(world, family, goesOn)
}

async function workOnFamily(world: World, family: FamilyMemory, goesOn: GoesOn): Promise<void> {
  world.touched.add(family)
  while (goesOn() && family.fate === 'lives') {
    // A family that ends too soon is no load.
    const isEnding = family.generation > 5 && world.random.percent(4)
    if (!(await (isEnding ? endFamily(world, family) : refresh(world, family)))) return
  }
}

async function refresh(world: World, family: FamilyMemory): Step {
  const answer = await present(world, family.refreshToken)
  if (isUnsure(answer)) {
    family.isPending = true
    return answer.status === 0 ? false : setTimeout(RETRY_MS, true)
  }
  if (answer.status !== 200) {
    world.unexpected('refreshing', answer)
    return false
  }
  family.refreshToken = at(answer.json, 'refresh_token')
  family.accessToken = at(answer.json, 'access_token')
  family.generation += 1
  family.isPending = false
  return true
}

/** Presents a refresh token as its client would. */
export function present(world: World, token: string): ReturnType<World['call']> {
  const form = { grant_type: 'refresh_token', refresh_token: token, client_id: 'first-party' }
  return world.call('POST', '/oauth/token', { form })
}

/** The ways in which a family can end: by its own credentials, and by somebody else. */
async function endFamily(world: World, family: FamilyMemory): Step {
  const { adminKey: key } = world
  const revoke = (kind: string, id: string): ReturnType<World['call']> =>
    world.call('POST', '/v1/revocations', { key, body: { target: { kind, id } } })
  const answer = await world.random.pick([
    () => revoke('session', family.session),
    () => revoke('grant', family.grant),
    () => world.call('POST', '/v1/sign-out', { bearer: family.accessToken }),
    () => world.call('POST', '/oauth/revoke', { form: { token: family.refreshToken } }),
  ])()
  family.fate = isUnsure(answer) ? 'unsure' : 'ended'
  if (family.fate === 'ended' && ![200, 204].includes(answer.status)) world.unexpected('ending', answer)
  return answer.status !== 0
}

async function workOnRoles(world: World, program: ProgramMemory, goesOn: GoesOn): Promise<void> {
  while (goesOn()) {
    const { role, permissions } = program
    const other = role.acknowledged === 'reader' ? 'writer' : 'reader'
    const { id } = program
    if (!(await change(world, `/v1/service-accounts/${id}`, role, other, { roles: [other] }))) return
    const name = world.random.pick(['reader', 'writer'])
    const permission = permissions.get(name)
    if (permission === undefined) throw new Error('A role was forgotten.')
    const [noun, verb] = permission.acknowledged.split(':')
    const next = `${noun === 'things' ? 'others' : 'things'}:${verb}`
    if (!(await change(world, `/v1/roles/${name}`, permission, next, { permissions: [next] }))) return
  }
}

async function change(world: World, path: string, value: Value, next: string, body: unknown): Step {
  value.pending = next
  const answer = await world.call('PATCH', path, { key: world.adminKey, body })
  if (isUnsure(answer)) return answer.status === 0 ? false : setTimeout(RETRY_MS, true)
  if (answer.status !== 200) world.unexpected('changing a role', answer)
  value.acknowledged = next
  value.pending = null
  return true
}
