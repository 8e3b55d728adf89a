/** People who sign up, or are invited, and have their account by a link in a mail: both come together or not at all. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { PASSWORD } from '../../given.ts'
import { type Answer, isUnsure } from '../calls.ts'
import type { World } from '../world.ts'
import { expect, linkTo, signIn, type Worker } from './worker.ts'

/** How somebody comes to a link, and where it is used. */
interface Way {
  readonly path: string
  readonly status: number
  readonly confirm: string
}

const WAYS: readonly [Way, Way] = [
  { path: '/v1/sign-up', status: 202, confirm: '/v1/sign-up/confirm' },
  { path: '/v1/invitations', status: 201, confirm: '/v1/invitations/accept' },
]

interface SignUp {
  readonly email: string
  readonly way: Way
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
      // In turn, whatever is killed, so that both are done.
      const way = WAYS[this.#done % 2 === 0 ? 0 : 1]
      const begun = await this.#begin(email, way)
      if (isUnsure(begun)) return
      if (begun.status !== way.status) return this.#world.unexpected(way.path, begun)
      const ticket = await linkTo(this.#world, email, goesOn)
      if (ticket === null) return
      this.#last = { email, way, ticket, isDone: false }
      const answer = await this.#confirm(this.#last)
      if (isUnsure(answer)) return
      if (answer.status !== 201) return this.#world.unexpected('confirming an address', answer)
      this.#last.isDone = true
      this.#done += 1
    }
  }

  #begin(email: string, { path }: Way): Promise<Answer> {
    const invited = path === '/v1/invitations'
    return this.#world.call('POST', path, {
      body: invited ? { email, roles: ['member'] } : { email, password: PASSWORD },
      ...(invited && { key: this.#world.adminKey }),
    })
  }

  #confirm({ ticket, way }: SignUp): Promise<Answer> {
    return this.#world.call('POST', way.confirm, { body: { ticket, password: PASSWORD } })
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
