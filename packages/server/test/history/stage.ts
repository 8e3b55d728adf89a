/** Everything that a history is played on: the world, its processes, the database between them, and the record. */
import type { Node } from './authority.ts'
import type { Database } from './database.ts'
import type { Network } from './network.ts'
import type { Plan } from './plan.ts'
import type { Machine, SimProcess } from './process.ts'
import type { Random } from './random.ts'
import type { History } from './record.ts'
import type { Exchange } from './store-line.ts'
import type { Troubles } from './troubles.ts'
import type { SimVerifier } from './verifier.ts'
import type { World } from './world.ts'

/** A place where a node runs, and runs again after it was killed. */
export interface NodePlace {
  readonly name: string
  readonly machine: Machine
  node: Node | null
}

export interface VerifierPlace {
  readonly name: string
  readonly machine: Machine
  /** Its own API key. */
  key: string
  /** Which nodes its calls go to: one of these each time. */
  route: readonly NodePlace[]
  verifier: SimVerifier | null
}

export interface Stage {
  readonly plan: Plan
  readonly world: World
  readonly random: Random
  readonly troubles: Troubles
  readonly network: Network
  readonly database: Database
  readonly exchange: Exchange
  readonly history: History
  readonly nodes: NodePlace[]
  readonly verifiers: VerifierPlace[]
  /** Whoever signs in, revokes and presents credentials. */
  readonly client: SimProcess
  /** A single node's clock may be moved, away from those of the others. */
  readonly clocksApart: boolean
  /** How often a backup took the database's place. */
  restores: number
  note(text: string): void
  /** The same for what was done on purpose: a picture shows all of it. */
  noteFault(text: string): void
}
