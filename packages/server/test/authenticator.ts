/** What tests hold in their hand: an authenticator app, and people who have one. */
import assert from 'node:assert/strict'
import { Secret } from '@countersign/protocol'
import { fromBase32, toTotpCode } from '../src/adapters/totp.ts'
import type { TestClock } from './clock.ts'
import { type Answer, at, type Given, PASSWORD, person, signedIn } from './given.ts'

const STEP_SECONDS = 30

/** The code that an app shows, `drift` steps from now. */
export function codeOf(seed: string, nowMs: number, drift = 0): string {
  return toTotpCode(fromBase32(new Secret(seed)), Math.floor(nowMs / 1000 / STEP_SECONDS) + drift)
}

/** Six digits that are none of the codes around now. */
export function wrongCodeOf(seed: string, nowMs: number): string {
  const right = [-2, -1, 0, 1, 2].map((drift) => codeOf(seed, nowMs, drift))
  return (
    ['907153', '482936', '310678', '759204', '126895', '864017'].find((one) => !right.includes(one)) ?? ''
  )
}

export type To = Pick<Given, 'send' | 'clock'>

export interface Enrolled {
  readonly id: string
  readonly seed: string
  readonly recoveryCodes: readonly string[]
}

/** Enrols with a session that has just begun. Afterwards the clock stands one step later, so that codes are fresh. */
export async function enrolTotp(to: To, bearer: string, name?: string): Promise<Enrolled> {
  const body = name === undefined ? {} : { name }
  const offered = await to.send('POST', '/v1/me/factors/totp', { bearer, body })
  assert.equal(offered.status, 201, offered.text)
  const id = at(offered.json, 'factor', 'id')
  const seed = at(offered.json, 'secret')
  const code = codeOf(seed, to.clock.nowMs())
  const confirmed = await to.send('POST', `/v1/me/factors/${id}/confirm`, { bearer, body: { code } })
  assert.equal(confirmed.status, 200, confirmed.text)
  nextStep(to.clock)
  return { id, seed, recoveryCodes: codesOf(confirmed) }
}

export function codesOf({ json }: Pick<Answer, 'json'>): readonly string[] {
  const codes: unknown = json.recovery_codes ?? []
  assert.ok(Array.isArray(codes) && codes.every((one) => typeof one === 'string'))
  return codes
}

/** Each step is for one use: later ones need another. */
export const nextStep = (clock: TestClock): void => clock.advance(STEP_SECONDS)

export interface PersonWithTotp extends Enrolled {
  readonly email: string
  readonly account: string
  /** A session that was opened before there was a factor. */
  readonly bearer: string
}

export async function personWithTotp(to: To): Promise<PersonWithTotp> {
  const { email, id: account } = await person(to)
  const { session_token: bearer = '' } = await signedIn(to, 'session_token', email)
  return { email, account, bearer, ...(await enrolTotp(to, bearer)) }
}

/** The first step of signing in, as far as the ticket. */
export async function ticketOf(to: To, email: string, more: object = {}): Promise<string> {
  const answer = await to.send('POST', '/v1/sign-in', { body: { email, password: PASSWORD, ...more } })
  assert.equal(answer.status, 200, answer.text)
  return at(answer.json, 'ticket')
}

/** Both steps: a session of the second level, delivered as a session token. */
export async function signedInByTotp(to: To, who: { email: string; seed: string }): Promise<string> {
  const ticket = await ticketOf(to, who.email, { deliver: 'session_token' })
  const answer = await presentTotp(to, ticket, codeOf(who.seed, to.clock.nowMs()))
  assert.equal(answer.status, 200, answer.text)
  nextStep(to.clock)
  return at(answer.json, 'session_token')
}

export function presentTotp(to: To, ticket: string, code: string, more: object = {}): Promise<Answer> {
  return to.send('POST', '/v1/sign-in/factor', { body: { ticket, factor: 'totp', code, ...more } })
}

export function presentRecovery(to: To, ticket: string, code: string, more: object = {}): Promise<Answer> {
  return to.send('POST', '/v1/sign-in/factor', { body: { ticket, factor: 'recovery_code', code, ...more } })
}

/** Steps a session up, and answers its new token. */
export async function stepUp(to: To, bearer: string, factor: string, code: string): Promise<Answer> {
  const begun = await to.send('POST', '/v1/me/step-up', { bearer })
  assert.equal(begun.status, 200, begun.text)
  const body = { ticket: at(begun.json, 'ticket'), factor, code }
  return to.send('POST', '/v1/me/step-up/factor', { bearer, body })
}
