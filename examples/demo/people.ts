/** The people of the story, and how they sign in. */
import assert from 'node:assert/strict'
import { type Client, createClient, type Secret } from '@countersign/client'
import type { Told } from './stage.ts'
import { bearer, createVisit, expect, type Visit } from './visitor.ts'
import { tellMs } from './words.ts'

export interface Person {
  readonly email: string
  readonly name: string
  readonly password: string
}

export const MIA: Person = {
  email: 'mia@swim.example',
  name: 'Mia',
  password: 'forty lengths before breakfast',
}
export const NOAH: Person = {
  email: 'noah@swim.example',
  name: 'Noah',
  password: 'the deep end of the old pool',
}

/** Signs somebody up, and has the owner make them a member. Gives the account's id. */
export async function join(anybody: Client, owner: Client, person: Person): Promise<string> {
  const { account } = await anybody.signUp(person)
  await owner.accounts.change(account.id, { roles: ['swimmer'] })
  return account.id
}

export interface Tablet {
  readonly sessionToken: Secret
  readonly sessionId: string
}

/** A sign-in that is delivered as a session token: the state stays at the authority. */
export async function signInOnTablet(anybody: Client, person: Person): Promise<Tablet> {
  const { session_token, session } = await signIn(anybody, person, 'session_token')
  return { sessionToken: present(session_token), sessionId: session.id }
}

export interface Phone {
  readonly accessToken: Secret
  readonly refreshToken: Secret
  readonly sessionId: string
}

/** A sign-in that is delivered as a JWT with a refresh token: a card that a reader checks by itself. */
export async function signInOnPhone(anybody: Client, person: Person): Promise<Phone> {
  const { access_token, refresh_token, session } = await signIn(anybody, person, 'jwt')
  return {
    accessToken: present(access_token),
    refreshToken: present(refresh_token),
    sessionId: session.id,
  }
}

/** The same phone with the next JWT. */
export async function refresh(anybody: Client, phone: Phone): Promise<Phone> {
  const { accessToken, refreshToken } = await anybody.with(phone).refresh()
  return { ...phone, accessToken, refreshToken: present(refreshToken ?? undefined) }
}

/** A client of its own for each device: signing in makes a client use what it was given. */
function signIn({ baseUrl }: Client, { email, password }: Person, deliver: 'session_token' | 'jwt') {
  return createClient({ baseUrl }).signIn({ email, password, deliver })
}

function present<T>(value: T | undefined): T {
  assert.ok(value !== undefined, 'Something that was asked for was not delivered.')
  return value
}

export const classesBy = (gym: string, authorization: string): Visit =>
  createVisit({ where: 'gym', at: gym, request: 'GET /classes', authorization })

export const lanesBy = (pool: string, { accessToken }: Phone): Visit =>
  createVisit({ where: 'pool', at: pool, request: 'GET /lanes', authorization: bearer(accessToken) })

export const doorBy = (gym: string, authorization: string): Visit =>
  createVisit({
    where: 'gym',
    at: gym,
    request: 'POST /door',
    authorization,
    body: { member: 'Mia', direction: 'in' },
  })

export interface Sight {
  readonly firstMs: number
  /** The median of the times after that. */
  readonly againMs: number
}

const AGAIN = 21

/** The first time that a place sees a credential, and the times after that. */
export async function showOften(visit: Visit): Promise<Sight> {
  const first = await expect(visit, 200)
  const times: number[] = []
  while (times.length < AGAIN) times.push((await expect(visit, 200)).ms)
  return { firstMs: first.ms, againMs: times.sort((a, b) => a - b)[(AGAIN - 1) / 2] ?? 0 }
}

export const tellSight = ({ firstMs, againMs }: Sight): Told => ({
  detail: `at first sight ${tellMs(firstMs)}, from then on`,
  ms: againMs,
})
