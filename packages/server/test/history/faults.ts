/** What goes wrong in a history: each fault begins at a random moment and, mostly, is mended some time later. */
import { recordRevocation } from './doors.ts'
import { toLineName } from './network.ts'
import { killNode, killVerifier, startNode, startVerifierAt, stopNode } from './processes.ts'
import type { NodePlace, Stage, VerifierPlace } from './stage.ts'
import { placeOf } from './store-line.ts'

type Fault = (stage: Stage, forMs: number) => void

/** Faults begin after everybody has started, and end early enough for what they have done to be seen. */
const CALM_BEGINNING_MS = 2_500
const CALM_END_MS = 5_000
const HOUR_MS = 3_600_000

/** `onMoment` runs at each beginning and each end: there people do what is most likely to go wrong. */
export function scheduleFaults(stage: Stage, onMoment: () => void, only: readonly string[] | null): void {
  const { plan, random, world } = stage
  for (let count = 0; count < plan.episodes; count += 1) {
    const atMs = random.between(CALM_BEGINNING_MS, plan.durationMs - CALM_END_MS)
    const leftMs = plan.durationMs - CALM_END_MS - atMs
    const forMs = Math.min(leftMs, random.chance(0.3) ? random.between(10, 400) : random.between(500, 11_000))
    const fault = only === null ? draw(stage) : toFault(random.pick(only))
    world.at(atMs, () => fault(stage, forMs))
    for (const momentMs of [atMs, atMs + forMs]) {
      for (let nth = 0; nth < 2; nth += 1) world.at(momentMs + random.between(-150, 400), onMoment)
    }
  }
  if (plan.noise > 0) makeNoise(stage)
}

function draw({ random }: Stage): Fault {
  const all = Object.values(faults)
  let rest = random.between(
    0,
    all.reduce((sum, [weight]) => sum + weight, 0),
  )
  for (const [weight, fault] of all) {
    rest -= weight
    if (rest <= 0) return fault
  }
  return cutLine
}

function makeNoise({ plan, network, verifiers, nodes, random }: Stage): void {
  for (const verifier of verifiers) {
    for (const node of nodes) {
      const line = network.line(verifier.name, node.name)
      line.lost = plan.noise / 2
      line.twice = plan.noise
      line.slow = plan.noise
      line.slowMs = random.pick([100, plan.policy.leaseMs, 2.5 * plan.policy.leaseMs])
    }
  }
}

const how = ({ random }: Stage): 'silent' | 'reset' => (random.chance(0.5) ? 'silent' : 'reset')

const cutLine: Fault = (stage, forMs) => {
  const { random, network, verifiers, nodes, world } = stage
  const [verifier, node] = [random.pick(verifiers), random.pick(nodes)]
  stage.noteFault(`${verifier.name} is cut off from ${node.name} for ${ms(forMs)}`)
  world.after(forMs, network.cut(verifier.name, node.name, how(stage)))
}

const isolateVerifier: Fault = (stage, forMs) => {
  const verifier = stage.random.pick(stage.verifiers)
  stage.noteFault(`${verifier.name} is cut off from everybody for ${ms(forMs)}`)
  for (const { name } of stage.nodes)
    stage.world.after(forMs, stage.network.cut(verifier.name, name, how(stage)))
}

const slowLine: Fault = (stage, forMs) => {
  const { random, plan, network, verifiers, nodes, world, troubles } = stage
  const [verifier, node] = [random.pick(verifiers), random.pick(nodes)]
  const line = network.line(verifier.name, node.name)
  const { lost, slow, slowMs, twice } = line
  line.slow = random.between(0.1, 0.9)
  line.slowMs = random.between(0.3, 2.5) * plan.policy.leaseMs
  line.lost = random.chance(0.5) ? 0 : random.between(0, 0.4)
  line.twice = random.chance(0.5) ? 0 : random.between(0, 0.5)
  stage.noteFault(
    `between ${verifier.name} and ${node.name} messages are slow, lost and doubled for ${ms(forMs)}`,
  )
  const end = troubles.begin(toLineName(verifier.name, node.name), 'line slow')
  world.after(forMs, () => {
    Object.assign(line, { lost, slow, slowMs, twice })
    end()
  })
}

const cutStore: Fault = (stage, forMs) => {
  const place = stage.random.pick(stage.nodes)
  if (place.node === null) return
  const kind = stage.random.chance(0.5) ? 'quick' : 'hanging'
  stage.noteFault(`${place.name} is cut off from the store for ${ms(forMs)} (${kind})`)
  stage.world.after(forMs, place.node.line.cut(kind))
}

const slowStore: Fault = (stage, forMs) => {
  const { random, plan } = stage
  const place = random.pick(stage.nodes)
  const line = place.node?.line
  if (line === undefined) return
  line.slow = random.between(0.05, 0.8)
  line.slowMs = random.between(0.05, 1.5) * plan.policy.leaseMs
  line.failing = random.chance(0.5) ? 0 : random.between(0, 0.4)
  stage.noteFault(`${place.name}'s store is slow or fails for ${ms(forMs)}`)
  const end = stage.troubles.begin(placeOf(place.name), 'store slow')
  stage.world.after(forMs, () => {
    Object.assign(line, { slow: 0, failing: 0 })
    end()
  })
}

const loseBus: Fault = (stage, forMs) => {
  const { random, nodes } = stage
  const place = random.pick(nodes)
  const unseenMs = random.chance(0.5) ? 0 : forMs / 2
  stage.noteFault(
    `${place.name} hears nothing from the bus for ${ms(forMs)}, and knows it after ${ms(unseenMs)}`,
  )
  place.node?.line.loseBus(unseenMs, forMs - unseenMs)
}

const muteNode: Fault = (stage, forMs) => {
  const place = stage.random.pick(stage.nodes)
  if (place.node === null) return
  stage.noteFault(`${place.name} cannot publish anything for ${ms(forMs)}`)
  stage.world.after(forMs, place.node.line.mute())
}

const standStill =
  (what: 'pause' | 'suspend', of: 'verifier' | 'node'): Fault =>
  (stage, forMs) => {
    const { random, verifiers, nodes, troubles, world } = stage
    const place = of === 'verifier' ? random.pick(verifiers) : random.pick(nodes)
    const process = processOf(place)
    if (process === undefined || !process.isRunning) return
    stage.noteFault(`${place.name}: ${what} for ${ms(forMs)}`)
    const end = troubles.begin(place.name, what)
    process[what]()
    world.after(forMs, () => {
      process.resume()
      end()
    })
  }

const processOf = (place: VerifierPlace | NodePlace) =>
  'route' in place ? place.verifier?.process : place.node?.process

const killOneVerifier: Fault = (stage, forMs) => {
  const place = stage.random.pick(stage.verifiers)
  if (place.verifier === null) return
  const end = stage.troubles.begin(place.name, 'down')
  killVerifier(stage, place)
  stage.world.after(stage.random.chance(0.5) ? forMs : 50, () => {
    stage.noteFault(`${place.name}: starts again`)
    startVerifierAt(stage, place)
    end()
  })
}

const endOneNode: Fault = (stage, forMs) => {
  const { random, nodes, troubles, world } = stage
  const place = random.pick(nodes)
  if (place.node === null) return
  const end = troubles.begin(place.name, 'down')
  if (random.chance(0.75)) killNode(stage, place)
  else stopNode(stage, place)
  world.after(random.chance(0.6) ? 80 + random.between(0, 300) : forMs + 80, () => {
    stage.noteFault(`${place.name}: starts again`)
    startNode(stage, place)
    end()
  })
}

const moveVerifierClock: Fault = (stage, forMs) => {
  const { random, verifiers, troubles, world } = stage
  const place = random.pick(verifiers)
  const hours = random.pick([-5, -1, 1, 3])
  stage.noteFault(`${place.name}: wall clock moved by ${hours} h for ${ms(forMs)} at least`)
  const move = (by: number): void => {
    troubles.note(place.name, 'wall clock moved')
    place.machine.wallMs += by
  }
  move(hours * HOUR_MS)
  if (random.chance(0.5)) world.after(forMs, () => move(-hours * HOUR_MS))
}

/**
 * The authority's time is one: its nodes are set by the same source, which can be wrong by hours. That their
 * clocks are that far apart from each other is no part of what the protocol promises to survive.
 */
const moveNodeClocks: Fault = (stage, forMs) => {
  const { random, nodes, troubles, world, history } = stage
  const hours = random.pick([-4, -1, 1, 2])
  const moved = stage.clocksApart ? [random.pick(nodes)] : nodes
  stage.noteFault(
    `${moved.map(({ name }) => name).join(', ')}: wall clock moved by ${hours} h for ${ms(forMs)} at least`,
  )
  history.authorityClockMovedAtMs = Math.min(history.authorityClockMovedAtMs, world.nowMs)
  const move = (by: number): void => {
    for (const place of moved) {
      troubles.note(place.name, 'wall clock moved')
      place.machine.wallMs += by
    }
  }
  move(hours * HOUR_MS)
  if (random.chance(0.5)) world.after(forMs, () => move(-hours * HOUR_MS))
}

/** The balancer sends a verifier's calls elsewhere. */
const moveVerifier: Fault = (stage) => {
  const { random, verifiers, nodes } = stage
  const place = random.pick(verifiers)
  place.route = random.chance(0.5) ? nodes : [random.pick(nodes)]
  stage.noteFault(`${place.name}: its calls go to ${place.route.map(({ name }) => name).join(' and ')}`)
}

/** A verifier's own API key is revoked: no lease for it from now on. */
const castOut: Fault = (stage) => {
  const { random, verifiers, nodes, history, world } = stage
  const place = random.pick(verifiers)
  const node = random.pick(nodes).node
  const id = `key_${place.key.split('_')[2] ?? ''}`
  if (node === null || verifiers.length < 2) return
  stage.noteFault(`${place.name}: its own API key is revoked`)
  stage.troubles.note(place.name, 'its key is revoked')
  const nowMs = node.process.clock.nowMs()
  history.outcasts.set(place.name, Math.min(history.outcasts.get(place.name) ?? world.nowMs, world.nowMs))
  node.line.query((database) => database.revoke({ kind: 'api_key', id }, nowMs)).catch(() => undefined)
}

function startEpoch(stage: Stage): void {
  const { database, world, random, troubles } = stage
  const order = { node: { kind: 'issuer', id: 'epoch' }, effect: 'epoch', waitMs: 0 } as const
  const revocation = recordRevocation(stage, 'operator', order)
  const { epoch, position } = database.startEpoch(`epoch-${random.name(8)}`, WALL_MS + world.nowMs)
  Object.assign(revocation, { epoch, position, committedAtMs: world.nowMs, endedAtMs: world.nowMs })
  for (const broken of stage.history.broken) broken.untilMs = Math.min(broken.untilMs, world.nowMs)
  troubles.note('store', 'new epoch')
  stage.noteFault(`operator: new epoch ${epoch}, from position ${position} on`)
}

/** What wall clocks say at the beginning of a history. */
export const WALL_MS: number = Date.UTC(2026, 0, 15, 12)

const changeEpoch: Fault = (stage) => startEpoch(stage)

/** The database is put back to what it was. Without a new epoch at once it promises nothing until there is one. */
const restore: Fault = (stage, forMs) => {
  const { database, world, random, history, troubles } = stage
  const backup = database.backUp()
  const takenAtMs = world.nowMs
  const end = troubles.begin('store', 'restored')
  world.after(forMs, () => {
    database.restore(backup)
    stage.restores += 1
    for (const one of history.revocations) {
      if (one.committedAtMs !== null && one.committedAtMs >= takenAtMs) one.lostAtMs ??= world.nowMs
    }
    for (const one of history.credentials) if (one.allowedAtMs >= takenAtMs) one.lostAtMs ??= world.nowMs
    stage.noteFault(`operator: restored the backup of ${ms(takenAtMs)}, position ${database.head().position}`)
    const backwards = { fromMs: world.nowMs, untilMs: Number.POSITIVE_INFINITY }
    history.backwards.push(backwards)
    world.after(random.chance(0.5) ? 0 : random.between(500, 7_000), () => {
      startEpoch(stage)
      backwards.untilMs = world.nowMs
      end()
    })
  })
}

const ms = (value: number): string => `${(value / 1000).toFixed(3)} s`

const faults: Readonly<Record<string, readonly [weight: number, fault: Fault]>> = {
  'cut-line': [10, cutLine],
  'isolate-verifier': [8, isolateVerifier],
  'slow-line': [10, slowLine],
  'cut-store': [9, cutStore],
  'slow-store': [6, slowStore],
  'lose-bus': [7, loseBus],
  'cannot-report': [5, muteNode],
  'pause-verifier': [10, standStill('pause', 'verifier')],
  'pause-node': [8, standStill('pause', 'node')],
  'suspend-verifier': [8, standStill('suspend', 'verifier')],
  'suspend-node': [5, standStill('suspend', 'node')],
  'kill-verifier': [6, killOneVerifier],
  'end-node': [10, endOneNode],
  'move-verifier-clock': [6, moveVerifierClock],
  'move-node-clocks': [3, moveNodeClocks],
  'move-verifier': [8, moveVerifier],
  'cast-out': [1, castOut],
  'change-epoch': [2, changeEpoch],
  restore: [2, restore],
}

function toFault(name: string): Fault {
  const found = faults[name]
  if (found === undefined) throw new Error(`There is no fault "${name}".`)
  return found[1]
}
