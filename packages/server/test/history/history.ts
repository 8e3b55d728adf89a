/** Plays one history from its seed: builds the stage, lets people and faults loose on it, and judges it. */

import { ISSUER, pickKeyPair, spellOpaque } from './credentials.ts'
import { Database } from './database.ts'
import { scheduleFaults, WALL_MS } from './faults.ts'
import { judge } from './judge.ts'
import { createNetwork } from './network.ts'
import { ACCOUNTS, letPeopleIn, ROLES, SERVICES, toPrincipalId } from './people.ts'
import { paint } from './picture.ts'
import { drawPlan, type Plan } from './plan.ts'
import { createMachine, SimProcess } from './process.ts'
import { startNode, startVerifierAt } from './processes.ts'
import { createRandom, type Random } from './random.ts'
import { createHistory, type History, type Violation } from './record.ts'
import type { Stage } from './stage.ts'
import { createTroubles } from './troubles.ts'
import { World } from './world.ts'

export interface Played {
  readonly plan: Plan
  readonly violations: readonly Violation[]
  readonly history: History
  readonly events: number
  /** What led to the first violation, for people; empty without one. */
  readonly picture: string
}

export interface HistoryOptions {
  /** Only these happen, and more of them; all, by their weights, without. */
  readonly faults?: readonly string[]
  readonly nodes?: number
  /** Moves the clock of one node and not of the others, which is known to break what is promised. */
  readonly clocksApart?: boolean
}

export async function playHistory(seed: number, options: HistoryOptions = {}): Promise<Played> {
  const random = createRandom(seed)
  const plan = drawPlan(seed, random, options.faults !== undefined, options.nodes ?? null)
  const restoreChance = seedChance(random)
  try {
    const stage = build(plan, random, options.clocksApart ?? false)
    const people = letPeopleIn(stage)
    scheduleFaults(stage, people, options.faults ?? null)
    await stage.world.run(plan.durationMs)
    endAll(stage)
    return conclude(stage)
  } finally {
    restoreChance()
  }
}

/** The verifier draws its jitter from the platform. */
function seedChance({ next }: Random): () => void {
  const { random } = Math
  Math.random = next
  return () => {
    Math.random = random
  }
}

function build(plan: Plan, random: Random, clocksApart: boolean): Stage {
  const world = new World()
  const troubles = createTroubles(world)
  const { lifetimeSeconds, verdictSeconds, leewaySeconds } = plan.policy
  const keepMs = (Math.max(lifetimeSeconds, verdictSeconds) + leewaySeconds) * 1000
  const history = createHistory()
  const stage: Stage = {
    plan,
    world,
    random,
    troubles,
    network: createNetwork(world, random, troubles),
    database: new Database(ISSUER, `epoch-${random.name(8)}`, keepMs),
    exchange: { listeners: new Set() },
    history,
    nodes: ['A', 'B']
      .slice(0, plan.nodes)
      .map((name) => ({ name, machine: createMachine(random, WALL_MS), node: null })),
    verifiers: [],
    client: new SimProcess('client', createMachine(random, WALL_MS), world, random),
    clocksApart,
    restores: 0,
    note: (text) => history.notes.push({ atMs: world.nowMs, text, isFault: false }),
    noteFault: (text) => history.notes.push({ atMs: world.nowMs, text, isFault: true }),
  }
  populate(stage)
  for (const place of stage.nodes) world.after(random.between(0, 200), () => startNode(stage, place))
  for (const place of stage.verifiers)
    world.after(random.between(100, 800), () => startVerifierAt(stage, place))
  return stage
}

function populate(stage: Stage): void {
  const { database, random, plan, nodes, verifiers, network } = stage
  const { principals, roles, clients, holders, signingKeys } = database.rows
  for (const id of ROLES) roles.set(id, { id, version: 1, floor: 0 })
  for (const id of ['first-party', 'shop']) clients.set(id, { floor: 0 })
  const add = (kind: 'account' | 'service_account', id: string, own: readonly string[]): void => {
    principals.set(id, { id, kind, roles: own, floor: 0 })
  }
  for (let number = 1; number <= ACCOUNTS; number += 1) {
    add('account', toPrincipalId('acc', number), [ROLES[number % ROLES.length] ?? ''])
  }
  for (let number = 1; number <= SERVICES; number += 1) {
    add('service_account', toPrincipalId('svc', number), [ROLES[number % ROLES.length] ?? ''])
  }
  const pair = pickKeyPair(0)
  const id = `sig_${random.name(26)}` as const
  const sealedPrivateKey = pair.privateKey.reveal()
  const publicJwk = { ...pair.publicJwk, kid: id }
  const times = { createdAtMs: WALL_MS, promotedAtMs: WALL_MS, demotedAtMs: null, retiredAtMs: null }
  signingKeys.set(id, {
    id,
    line: 'main',
    algorithm: 'ES256',
    state: 'current',
    publicJwk,
    sealedPrivateKey,
    ...times,
    publishedPosition: 0,
  })
  for (let number = 1; number <= plan.verifiers; number += 1) {
    const name = `V${number}`
    const principal = `svc_${String(900 + number).padStart(26, '0')}`
    const keyId = `key_${random.name(26)}`
    add('service_account', principal, [])
    // Its own key outlives every rule: somebody has to watch.
    holders.set(keyId, {
      id: keyId,
      kind: 'api_key',
      principal,
      position: Number.MAX_SAFE_INTEGER,
      ended: false,
    })
    const route = random.chance(0.5) ? nodes : [random.pick(nodes)]
    const machine = createMachine(random, WALL_MS)
    verifiers.push({ name, machine, key: spellOpaque('api_key', keyId, random), route, verifier: null })
    for (const node of nodes) network.line(name, node.name).delayMs = random.pick([0.3, 1, 5, 20])
  }
}

/** Nothing of it may run on into the next history. */
function endAll({ nodes, verifiers }: Stage): void {
  for (const { node } of nodes) node?.process.kill()
  for (const { verifier } of verifiers) verifier?.process.kill()
}

function conclude({ plan, history, troubles, nodes, world }: Stage): Played {
  const nodeNames = nodes.map(({ name }) => name)
  const violations = judge({ plan, history, troubles, nodeNames })
  const [first] = violations
  const picture = first === undefined ? '' : paint(history, troubles.all(), first)
  return { plan, violations, history, events: world.events, picture }
}
