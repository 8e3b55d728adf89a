/** People who forget their password and set another one by a link in a mail. */
import assert from 'node:assert/strict'
import { at } from '../../given.ts'
import { type Answer, isUnsure } from '../calls.ts'
import type { World } from '../world.ts'
import {
  expect,
  linkTo,
  makeSomebody,
  newPassword,
  type Somebody,
  signIn,
  statusOf,
  type Worker,
} from './worker.ts'

/** Made ahead, one for each reset: of two links that somebody asked for, the second may be the first to arrive. */
const WAITING = 3

export async function createResetWorker(world: World): Promise<Worker> {
  const worker = new ResetWorker(world)
  await worker.compare()
  return worker
}

/** A link that was tried, and what it was tried with. */
interface Reset {
  readonly who: Somebody
  readonly ticket: string
  readonly password: string
  /** Of a session that was open then. */
  readonly bearer: string
  isDone: boolean
}

class ResetWorker implements Worker {
  readonly name = 'resets'
  readonly #world: World
  readonly #waiting: Somebody[] = []
  #last: Reset | null = null
  #done = 0

  constructor(world: World) {
    this.#world = world
  }

  done(): number {
    return this.#done
  }

  async work(goesOn: () => boolean): Promise<void> {
    for (let who = this.#waiting.pop(); who !== undefined && goesOn(); who = this.#waiting.pop()) {
      const opened = await signIn(this.#world, who)
      if (isUnsure(opened)) return
      if (opened.status !== 200) return this.#world.unexpected('signing in before a reset', opened)
      if (!(await this.#reset(who, at(opened.json, 'session_token'), goesOn))) return
    }
  }

  async #reset(who: Somebody, bearer: string, goesOn: () => boolean): Promise<boolean> {
    const { email } = who
    const asked = await this.#world.call('POST', '/v1/password-reset', { body: { email } })
    if (asked.status !== 202) return false
    const ticket = await linkTo(this.#world, email, goesOn)
    if (ticket === null) return false
    this.#last = { who, ticket, password: newPassword(), bearer, isDone: false }
    const answer = await this.#complete(this.#last)
    if (isUnsure(answer)) return false
    if (answer.status !== 204) {
      this.#world.unexpected('resetting a password', answer)
      return false
    }
    this.#last.isDone = true
    this.#done += 1
    return true
  }

  #complete({ ticket, password }: Pick<Reset, 'ticket' | 'password'>): Promise<Answer> {
    return this.#world.call('POST', '/v1/password-reset/complete', { body: { ticket, password } })
  }

  async compare(): Promise<void> {
    if (this.#last !== null) await this.#compareLast(this.#last)
    this.#last = null
    while (this.#waiting.length < WAITING) this.#waiting.push(await makeSomebody(this.#world, 'reset'))
  }

  async #compareLast(last: Reset): Promise<void> {
    if (!last.isDone) {
      // Either all of it was done, or the link is still good and does it now.
      const { status } = expect(await signIn(this.#world, last.who, last.password), 200, 401)
      if (status === 401) expect(await this.#complete(last), 204)
    }
    const again = await this.#complete({ ...last, password: newPassword() })
    assert.equal(again.json.code, 'ticket_ended', `A link that was used: ${again.text}`)
    expect(await signIn(this.#world, last.who), 401)
    expect(await signIn(this.#world, last.who, last.password), 200)
    assert.equal(await statusOf(this.#world, last.bearer), 401, 'A session from before the reset')
  }
}
