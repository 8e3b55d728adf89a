/** Somebody whose password changes, by their own wish and because an administrator has asked for it. */
import assert from 'node:assert/strict'
import { at, PASSWORD } from '../../given.ts'
import { type Answer, isUnsure } from '../calls.ts'
import type { World } from '../world.ts'
import { expect, makeSomebody, newPassword, type Somebody, signIn, statusOf, type Worker } from './worker.ts'

export async function createPasswordWorker(world: World): Promise<Worker> {
  return new PasswordWorker(world, await makeSomebody(world, 'password'))
}

class PasswordWorker implements Worker {
  readonly name = 'passwords'
  readonly #world: World
  readonly #who: Somebody
  #password = PASSWORD
  /** What may have taken its place. */
  #pending: string | null = null
  #before: string | null = null
  /** Of a session that was acknowledged and nothing ended since. */
  #bearer: string | null = null
  /** Another password was asked for, and nobody said whether that was done. */
  #mayHaveEnded = false
  #ended: string[] = []
  #done = 0

  constructor(world: World, who: Somebody) {
    this.#world = world
    this.#who = who
  }

  done(): number {
    return this.#done
  }

  async work(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      const goesWell =
        this.#bearer === null
          ? await this.#open()
          : await this.#world.random.pick([() => this.#change(), () => this.#changeByForce()])()
      if (!goesWell) return
    }
  }

  async #open(): Promise<boolean> {
    const answer = await signIn(this.#world, this.#who, this.#password)
    if (isUnsure(answer)) return false
    if (answer.status !== 200) return this.#fault('signing in', answer)
    if (answer.json.status === 'password_change_required') return this.#finish(answer)
    this.#bearer = at(answer.json, 'session_token')
    return true
  }

  async #change(): Promise<boolean> {
    const bearer = this.#bearer ?? ''
    this.#pending = newPassword()
    const body = { current_password: this.#password, new_password: this.#pending }
    const answer = await this.#world.call('POST', '/v1/me/password', { bearer, body })
    return this.#settle(answer, 'changing a password')
  }

  async #changeByForce(): Promise<boolean> {
    const { adminKey: key } = this.#world
    const path = `/v1/accounts/${this.#who.id}/require-password-change`
    this.#mayHaveEnded = true
    const required = await this.#world.call('POST', path, { key })
    if (isUnsure(required)) return false
    this.#mayHaveEnded = false
    if (required.status !== 200) return this.#fault('requiring another password', required)
    this.#endBearer()
    const first = await signIn(this.#world, this.#who, this.#password)
    if (isUnsure(first)) return false
    if (first.json.status !== 'password_change_required') return this.#fault('a demand that was lost', first)
    return this.#finish(first)
  }

  async #finish(first: Answer): Promise<boolean> {
    this.#pending = newPassword()
    const body = { ticket: at(first.json, 'ticket'), new_password: this.#pending, deliver: 'session_token' }
    return this.#settle(await this.#world.call('POST', '/v1/sign-in/password', { body }), 'a forced change')
  }

  #settle(answer: Answer, what: string): boolean {
    if (isUnsure(answer)) return false
    if (answer.status !== 200) return this.#fault(what, answer)
    this.#endBearer()
    this.#accept()
    this.#bearer = at(answer.json, 'session_token')
    this.#done += 1
    return true
  }

  #accept(): void {
    this.#before = this.#password
    this.#password = this.#pending ?? this.#password
    this.#pending = null
  }

  #endBearer(): void {
    if (this.#bearer !== null) this.#ended.push(this.#bearer)
    this.#bearer = null
  }

  #fault(what: string, answer: Answer): false {
    this.#world.unexpected(what, answer)
    return false
  }

  async compare(): Promise<void> {
    const mayHaveEnded = this.#pending !== null || this.#mayHaveEnded
    this.#mayHaveEnded = false
    await this.#learnPassword()
    for (const bearer of this.#ended.splice(0)) {
      assert.equal(await statusOf(this.#world, bearer), 401, 'A session from before a change of password')
    }
    if (this.#bearer !== null) {
      // With the change every other session has ended; without it this one has not.
      const status = await statusOf(this.#world, this.#bearer)
      assert.ok(status === 200 || mayHaveEnded, 'The session of the last change of password')
      if (status !== 200) this.#bearer = null
    }
  }

  async #learnPassword(): Promise<void> {
    if (this.#before !== null) {
      expect(await signIn(this.#world, this.#who, this.#before), 401)
    }
    if (this.#pending !== null) {
      const { status } = expect(await signIn(this.#world, this.#who, this.#pending), 200, 401)
      if (status === 200) {
        this.#endBearer()
        this.#accept()
      } else this.#pending = null
    }
    expect(await signIn(this.#world, this.#who, this.#password), 200)
  }
}
