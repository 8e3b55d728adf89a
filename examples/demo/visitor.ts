/** Somebody at the door of the gym or the pool: asks with a credential, and watches until it is refused. */
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Client, RevokeInput, Secret } from '@countersign/client'
import type { Place, Refusal, Revocation, Told } from './stage.ts'

export interface Answer {
  readonly status: number
  /** Of the problem document; empty where the answer is none. */
  readonly code: string
  /** By which the authority can tell the reason; empty where it was no refusal. */
  readonly decisionId: string
  readonly body: unknown
  readonly headers: Headers
  readonly ms: number
}

/** One request that can be made again and again. */
export interface Visit {
  readonly where: Place
  readonly request: string
  ask(): Promise<Answer>
}

export interface VisitInput {
  readonly where: Place
  /** The origin of the place. */
  readonly at: string
  /** `GET /classes`. */
  readonly request: string
  /** `Authorization`, with its scheme. */
  readonly authorization?: string
  readonly body?: object
}

export const bearer = (credential: Secret): string => `Bearer ${credential.reveal()}`
export const apiKey = (secret: Secret): string => `ApiKey ${secret.reveal()}`

/** Longer than any lease: whoever has not been refused by then is let in for good. */
const PATIENCE_MS = 60_000

export function createVisit({ where, at, request, authorization, body }: VisitInput): Visit {
  const [method = 'GET', path = '/'] = request.split(' ')
  const headers = {
    ...(authorization !== undefined && { authorization }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  const init: RequestInit = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
  return {
    where,
    request,
    ask: async () => {
      const started = performance.now()
      const response = await fetch(`${at}${path}`, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) })
      const text = await response.text()
      const ms = performance.now() - started
      const parsed: unknown = text === '' ? null : JSON.parse(text)
      return { status: response.status, ...readProblem(parsed), body: parsed, headers: response.headers, ms }
    },
  }
}

/** Asks, and fails where the answer is another one than the story says. */
export async function expect(visit: Visit, status: number, code = ''): Promise<Answer> {
  const answer = await visit.ask()
  const [found, hoped] = [`${answer.status} ${answer.code}`.trim(), `${status} ${code}`.trim()]
  if (found !== hoped)
    throw new Error(`${visit.request} at the ${visit.where} gave ${found}, and not ${hoped}.`)
  return answer
}

export const tellAnswer = ({ status, code, ms }: Answer): Told => ({
  detail: `${status} ${code}`.trim(),
  ms,
})

/** Between two requests of somebody who watches: the places have others to serve, too. */
const BREATH_MS = 1

/** Asks again and again, one request after the other, until the answer has another status than the one hoped for. */
export async function untilStatus(
  visit: Visit,
  isIt: (status: number) => boolean,
  startedMs: number,
): Promise<Refusal> {
  while (performance.now() - startedMs < PATIENCE_MS) {
    const fromMs = performance.now() - startedMs
    const { status, code } = await visit.ask()
    if (isIt(status)) return { where: visit.where, status, code, fromMs }
    await pause(BREATH_MS)
  }
  return assert.fail(`The ${visit.where} did not change its mind within ${PATIENCE_MS / 1000} s.`)
}

export interface Taking {
  /** How it is called in the closing table. */
  readonly what: string
  readonly by: Client
  readonly target: RevokeInput['target']
  /** Who is let in until now, and refused from then on. */
  readonly visits: readonly Visit[]
}

/** Revokes while the visits go on, and holds Countersign to its promise: what is confirmed is refused everywhere. */
export async function takeBack({ what, by, target, visits }: Taking): Promise<Revocation> {
  const startedMs = performance.now()
  const isRefused = (status: number): boolean => status === 401 || status === 503
  const watching = Promise.all(visits.map((visit) => untilStatus(visit, isRefused, startedMs)))
  const revoking = by.revoke({ target, reason: 'demo', waitMs: PATIENCE_MS }).then(async (answer) => {
    const confirmedMs = performance.now() - startedMs
    assert.ok(answer.confirmed, 'The revocation was not confirmed.')
    // The promise: whatever begins from here on is refused.
    for (const { status } of await Promise.all(visits.map((visit) => visit.ask()))) {
      assert.ok(isRefused(status), 'Somebody was let in with what was confirmed as revoked.')
    }
    return { ...answer, confirmedMs }
  })
  const [refused, revoked] = await Promise.all([watching, revoking])
  const { confirmed, confirmedMs, verifiers, acknowledged, lapsed } = revoked
  return { what, confirmed, confirmedMs, verifiers, acknowledged, lapsed, refused }
}

function readProblem(body: unknown): Pick<Answer, 'code' | 'decisionId'> {
  const read = (name: string): string => {
    const found: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
    return typeof found === 'string' ? found : ''
  }
  return { code: read('code'), decisionId: read('decision_id') }
}
