/** After a restart: what was acknowledged is still so, and what was ended stays ended. */
import assert from 'node:assert/strict'
import { at } from '../given.ts'
import { compareCodes } from './codes.ts'
import { type Query, readGenerations } from './flaws.ts'
import { present } from './load.ts'
import type { FamilyMemory, KeyMemory, World } from './world.ts'

/** How many of those that were left alone are asked about again. */
const SAMPLE = 6
const AT_ONCE = 8

/** Asks the server about everything that was touched since the last time, and about some of the rest. */
export async function comparePromises(world: World, query: Query): Promise<void> {
  const others = [...world.keys, ...world.families].filter((one) => !world.touched.has(one))
  const sample = Array.from({ length: Math.min(SAMPLE, others.length) }, () => world.random.pick(others))
  const asked = [...world.touched, ...new Set(sample)]
  world.touched.clear()
  const generations = await readGenerations(query)
  await inParallel(asked, (one) =>
    'secret' in one ? compareKey(world, one) : compareFamily(world, one, generations),
  )
  await comparePrograms(world)
  await comparePeople(world)
  await compareCodes(world)
  const after = await readGenerations(query)
  for (const family of world.families) {
    if (family.fate !== 'lives') continue
    assert.equal(after.get(family.grant), family.generation, 'A retry made another refresh token.')
  }
  assert.deepEqual(world.faults, [])
}

async function inParallel<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = list.values()
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

async function compareKey(world: World, key: KeyMemory): Promise<void> {
  if (key.fate === 'lives') await expectMe(world, { key: key.secret }, 200, 'A living key')
  if (key.fate === 'ended') await expectMe(world, { key: key.secret }, 401, 'An ended key')
  for (const secret of key.endedSecrets.slice(-2)) {
    await expectMe(world, { key: secret }, 401, 'A secret that was rotated away')
  }
  for (const token of key.endedTokens.slice(-2)) {
    await expectMe(world, { bearer: token }, 401, 'A token from before the rotation')
  }
  if (key.token === null || key.fate === 'unsure') return
  const status = key.fate === 'lives' ? 200 : 401
  await expectMe(world, { bearer: key.token }, status, `The token of a key that ${key.fate}`)
}

async function expectMe(
  world: World,
  credential: { key?: string; bearer?: string },
  status: number,
  what: string,
): Promise<void> {
  const answer = await world.call('GET', '/v1/me', credential)
  assert.equal(answer.status, status, `${what}: ${answer.text}`)
}

async function compareFamily(
  world: World,
  family: FamilyMemory,
  generations: ReadonlyMap<string, number>,
): Promise<void> {
  const written = generations.get(family.grant)
  assert.ok(written === family.generation || (family.isPending && written === family.generation + 1))
  switch (family.fate) {
    case 'lives':
      return compareLivingFamily(world, family)
    case 'ended': {
      const refused = await present(world, family.refreshToken)
      assert.equal(refused.json.error, 'invalid_grant', `An ended family: ${refused.text}`)
      return expectMe(world, { bearer: family.accessToken }, 401, 'The token of an ended family')
    }
    case 'unsure': {
      // Either all of it has ended or nothing has.
      const { status } = await present(world, family.refreshToken)
      const me = await world.call('GET', '/v1/me', { bearer: family.accessToken })
      assert.equal(me.status, status === 200 ? 200 : 401, `Half of a family has ended: ${me.text}`)
      family.isPending = true
    }
  }
}

/** The last one that was acknowledged still refreshes, and twice to the same successor. */
async function compareLivingFamily(world: World, family: FamilyMemory): Promise<void> {
  await expectMe(world, { bearer: family.accessToken }, 200, 'The token of a living family')
  const first = await present(world, family.refreshToken)
  const second = await present(world, family.refreshToken)
  assert.equal(first.status, 200, `The last acknowledged refresh token: ${first.text}`)
  assert.equal(at(second.json, 'refresh_token'), at(first.json, 'refresh_token'))
  family.refreshToken = at(first.json, 'refresh_token')
  family.accessToken = at(second.json, 'access_token')
  family.generation += 1
  family.isPending = false
}

async function comparePrograms(world: World): Promise<void> {
  const { adminKey: key } = world
  const roles = await world.call('GET', '/v1/roles', { key })
  for (const program of world.programs) {
    for (const [id, value] of program.permissions) {
      const [permission] = roleOf(roles.json, id).permissions
      assert.ok([value.acknowledged, value.pending].includes(permission ?? ''), `The role ${id} went back.`)
      value.acknowledged = permission ?? ''
      value.pending = null
    }
    const read = await world.call('GET', `/v1/service-accounts/${program.id}`, { key })
    const { service_account: account } = read.json
    assert.ok(typeof account === 'object' && account !== null && 'roles' in account, read.text)
    const [role = ''] = Array.isArray(account.roles) ? account.roles.map(String) : []
    assert.ok(
      [program.role.acknowledged, program.role.pending].includes(role),
      'A change of roles went back.',
    )
    Object.assign(program.role, { acknowledged: role, pending: null })
    const me = await world.call('GET', '/v1/me', { key: program.key })
    assert.deepEqual(me.json.permissions, [program.permissions.get(role)?.acknowledged], me.text)
  }
}

function roleOf(json: unknown, id: string): { permissions: readonly string[] } {
  assert.ok(typeof json === 'object' && json !== null && 'items' in json && Array.isArray(json.items))
  const found: unknown = json.items.find((item: { id?: unknown }) => item.id === id)
  assert.ok(typeof found === 'object' && found !== null && 'permissions' in found)
  assert.ok(Array.isArray(found.permissions))
  return { permissions: found.permissions.map(String) }
}

async function comparePeople(world: World): Promise<void> {
  for (const id of world.people.slice(-3)) {
    const read = await world.call('GET', `/v1/accounts/${id}`, { key: world.adminKey })
    assert.equal(read.status, 200, `An account that was signed up: ${read.text}`)
  }
}
