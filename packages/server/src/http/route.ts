/** A route is a row: what it is called, what it takes and gives, who may call it, and the function that answers. */

import type { Caller, RequestFacts, StepUpNeed } from '@countersign/core'
import type { Permission } from '@countersign/protocol'
import type { z } from 'zod'
import type { Leaving } from '../feed/ports.ts'
import type { Services } from '../services.ts'
import type { Headers } from './exchange.ts'
import type { Reply } from './reply.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What a route function is handed. Body, query and params have passed their schemas. */
export interface Call<B, Q, C> {
  readonly services: Services
  readonly body: B
  readonly query: Q
  readonly params: Readonly<Record<string, string>>
  readonly caller: C
  readonly header: Headers
  readonly facts: RequestFacts
  readonly decisionId: string
  /** As it was asked: HEAD comes to the route of GET. */
  readonly method: string
  /** Asked with HEAD: the answer has no body, and must change nothing (ASVS 3.5.3). */
  readonly isHead: boolean
  /** The query as it was sent, with its question mark; empty where there is none. For pages that somebody is led back to. */
  readonly search: () => string
  /** Aborts when the caller has gone. Not free: for routes that keep callers waiting. */
  readonly leaving: () => Leaving
}

export interface RouteText {
  /** Stable name: operationId, log field and metric label. */
  readonly name: string
  readonly method: Method
  /** Hono's spelling: `/v1/api-keys/:id`. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  /** Status → what it means and the schema of its body, for the OpenAPI document. */
  readonly responses: Readonly<Record<number, { readonly description: string; readonly schema?: z.ZodType }>>
}

export type LimitName =
  | 'sign_in'
  | 'factor'
  | 'passkey'
  | 'sign_up'
  | 'password_check'
  | 'token'
  | 'registration'

interface RouteRules<B, Q> extends RouteText {
  readonly body?: z.ZodType<B>
  /** `json` unless said otherwise; `optional` takes no body at all for an empty object. */
  readonly bodyForm?: 'json' | 'optional_json' | 'form'
  /** For bodies with a bound of their own that is above the setting's; read only after the caller is known. */
  readonly bodyBytesMax?: number
  readonly query?: z.ZodType<Q>
  readonly limit?: LimitName
  /** OAuth endpoints answer errors in their own form (RFC 6749 §5.2), pages as pages. */
  readonly errorForm?: 'problem' | 'oauth' | 'page'
  /** Needs a proof of who it is that is this recent and this strong (RFC 9470). */
  readonly stepUp?: StepUpNeed
  /** Sets cookies without having one: refused from foreign pages. */
  readonly setsCookies?: boolean
}

/** A route that anybody may call. */
export interface PublicRoute<B, Q> extends RouteRules<B, Q> {
  readonly access: 'public'
  readonly handle: (call: Call<B, Q, null>) => Reply | Promise<Reply>
}

/** A route that needs a credential, and the permission where one is named. */
export interface ProtectedRoute<B, Q> extends RouteRules<B, Q> {
  readonly access: 'credential' | { readonly permission: Permission }
  readonly handle: (call: Call<B, Q, Caller>) => Reply | Promise<Reply>
  /** Answers whoever presents no credential of ours but proves to be an OAuth client, in the header or the body. */
  readonly handleClient?: (call: Call<B, Q, null>) => Reply | Promise<Reply>
}

/** A row of the table, with the types of its parts erased: the schemas carry them at run time. */
export interface AnyRoute extends RouteRules<unknown, unknown> {
  readonly access: 'public' | 'credential' | { readonly permission: Permission }
  readonly handle: (call: Call<never, never, never>) => Reply | Promise<Reply>
  readonly handleClient?: (call: Call<never, never, never>) => Reply | Promise<Reply>
}

export function publicRoute<B = undefined, Q = undefined>(route: PublicRoute<B, Q>): AnyRoute {
  return route
}

export function protectedRoute<B = undefined, Q = undefined>(route: ProtectedRoute<B, Q>): AnyRoute {
  return route
}
