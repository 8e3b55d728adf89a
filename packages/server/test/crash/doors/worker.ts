/** Somebody who works through doors that are killed, and what such workers have in common. */
import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { at, PASSWORD } from '../../given.ts'
import type { Answer } from '../calls.ts'
import type { World } from '../world.ts'

export interface Worker {
  readonly name: string
  /** How many changes were acknowledged: a worker that never got anything done shows nothing. */
  done(): number
  /** Works until told to stop, or until nobody knows what became of a request. */
  work(goesOn: () => boolean): Promise<void>
  /** After a restart: asserts that what was acknowledged is so, and learns what became of the rest. */
  compare(): Promise<void>
}

/** Long and unguessable enough for every rule about passwords. */
export const newPassword = (): string => randomBytes(18).toString('base64url')

export interface Somebody {
  readonly id: string
  readonly email: string
}

/** Made by the administrator while the server is up, so that no address has to be verified. */
export async function makeSomebody(world: World, name: string, roles?: readonly string[]): Promise<Somebody> {
  const email = `${name}-${randomBytes(6).toString('hex')}@example.com`
  const body = { email, password: PASSWORD, require_password_change: false, ...(roles && { roles }) }
  const made = await world.call('POST', '/v1/accounts', { key: world.adminKey, body })
  return { id: at(expect(made, 201).json, 'account', 'id'), email }
}

export function signIn(
  world: World,
  { email }: Pick<Somebody, 'email'>,
  password: string = PASSWORD,
  deliver = 'session_token',
): Promise<Answer> {
  return world.call('POST', '/v1/sign-in', { body: { email, password, deliver } })
}

export async function statusOf(world: World, bearer: string): Promise<number> {
  return (await world.call('GET', '/v1/me', { bearer })).status
}

/** For what has to be so. */
export function expect(answer: Answer, ...statuses: readonly number[]): Answer {
  if (!statuses.includes(answer.status)) throw new Error(`answered ${answer.status}: ${answer.text}`)
  return answer
}

const LOOKS_MAX = 150
const LOOK_MS = 30

/** The secret of the link that was written to an address; null where none comes while the server is up. */
export async function linkTo(world: World, email: string, goesOn: () => boolean): Promise<string | null> {
  for (let look = 0; look < LOOKS_MAX && goesOn(); look += 1) {
    const list = await world.call('GET', '/dev/mail')
    if (list.status !== 200) return null
    const found = await linkIn(world, list.text, email)
    if (found !== null) {
      world.noteLink()
      return found
    }
    await setTimeout(LOOK_MS)
  }
  return null
}

async function linkIn(world: World, list: string, email: string): Promise<string | null> {
  for (const [, path = '', to] of list.matchAll(/<li><a href="([^"]+)">[^<]*<\/a><br>to ([^,]+),/g)) {
    if (to !== email) continue
    const { text } = await world.call('GET', path)
    const ticket = /#([0-9A-Za-z]{43})/.exec(text)?.[1]
    if (ticket !== undefined) return ticket
  }
  return null
}
