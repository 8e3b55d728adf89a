/** One request on its way from the gate to its answer. */
import type { Caller } from '@countersign/core'
import type { Services } from '../services.ts'
import type { Client } from './client.ts'
import type { Headers, Incoming } from './exchange.ts'
import type { Limited } from './limit-fields.ts'
import type { AnyRoute } from './route.ts'

export interface Flight {
  readonly services: Services
  readonly route: AnyRoute
  readonly incoming: Incoming
  readonly header: Headers
  readonly params: Readonly<Record<string, string>>
  readonly client: Client
  readonly startedMs: number
  readonly nowMs: number
  /** Names the request in logs, audit events and refusals alike. */
  readonly id: string
  caller: Caller | null
  /** Why it was refused, for the log; the caller sees only the code. */
  reason: string | null
  /** The tightest limit that was asked; null where none was. */
  limited: Limited | null
  /** Where the network is over its limit, so that only known devices sign in: how long strangers wait. */
  strangersWaitSeconds: number | null
  /** Fields that are added to whatever is answered. */
  extra: Readonly<Record<string, string>> | null
}
