/** People who sign up and confirm their address by a link in a mail. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { PASSWORD } from '../../given.ts'
import { type Answer, isUnsure } from '../calls.ts'
import type { World } from '../world.ts'
import { expect, linkTo, signIn, type Worker } from './worker.ts'

interface SignUp {
  readonly email: string
  readonly ticket: string
  isDone: boolean
}

export class SignUpWorker implements Worker {
  readonly name = 'sign-ups'
  readonly #world: World
  #last: SignUp | null = null
  #done = 0

  constructor(world: World) {
    this.#world = world
  }

  done(): number {
    return this.#done
  }

  async work(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      const email = `sign-up-${randomBytes(6).toString('hex')}@example.com`
      const begun = await this.#world.call('POST', '/v1/sign-up', { body: { email, password: PASSWORD } })
      if (isUnsure(begun)) return
      if (begun.status !== 202) return this.#world.unexpected('signing up', begun)
      const ticket = await linkTo(this.#world, email, goesOn)
      if (ticket === null) return
      this.#last = { email, ticket, isDone: false }
      const answer = await this.#confirm(this.#last)
      if (isUnsure(answer)) return
      if (answer.status !== 201) return this.#world.unexpected('confirming an address', answer)
      this.#last.isDone = true
      this.#done += 1
    }
  }

  #confirm({ ticket }: SignUp): Promise<Answer> {
    return this.#world.call('POST', '/v1/sign-up/confirm', { body: { ticket, password: PASSWORD } })
  }

  async compare(): Promise<void> {
    const last = this.#last
    if (last === null) return
    if (!last.isDone) {
      // Either there is an account, or the link still makes it.
      const { status } = expect(await signIn(this.#world, last), 200, 401)
      if (status === 401) expect(await this.#confirm(last), 201)
      last.isDone = true
    }
    const again = await this.#confirm(last)
    assert.equal(again.json.code, 'ticket_ended', `A sign-up that was confirmed: ${again.text}`)
    expect(await signIn(this.#world, last), 200)
  }
}
