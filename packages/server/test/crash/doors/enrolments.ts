/** People who have to enrol a factor while they sign in: the factor, its recovery codes and the session come together. */
import assert from 'node:assert/strict'
import { codeOf, codesOf } from '../../authenticator.ts'
import { at } from '../../given.ts'
import { makePasskey } from '../../soft-authenticator.ts'
import { type Answer, isUnsure } from '../calls.ts'
import type { World } from '../world.ts'
import { expect, makeSomebody, type Somebody, signIn, statusOf, type Worker } from './worker.ts'

/** The role whose holders need a factor; the server is told so by its settings. */
export const GUARDED = 'guarded'

export async function createEnrolmentWorker(world: World): Promise<Worker> {
  const made = await world.call('POST', '/v1/roles', {
    key: world.adminKey,
    body: { id: GUARDED, permissions: [] },
  })
  expect(made, 201)
  const worker = new EnrolmentWorker(world)
  await worker.compare()
  return worker
}

interface Enrolment {
  readonly who: Somebody
  readonly body: object
  session: string | null
}

class EnrolmentWorker implements Worker {
  readonly name = 'enrolments'
  readonly #world: World
  readonly #waiting: Somebody[] = []
  #last: Enrolment | null = null
  #done = 0

  constructor(world: World) {
    this.#world = world
  }

  done(): number {
    return this.#done
  }

  async work(goesOn: () => boolean): Promise<void> {
    for (let who = this.#waiting.pop(); who !== undefined && goesOn(); who = this.#waiting.pop()) {
      const first = await signIn(this.#world, who)
      if (isUnsure(first)) return
      if (first.json.status !== 'factor_enrolment_required') {
        return this.#world.unexpected('signing in without a factor that is demanded', first)
      }
      const body = await this.#prepare(at(first.json, 'ticket'))
      if (body === null) return
      this.#last = { who, body, session: null }
      const answer = await this.#finish(this.#last)
      if (isUnsure(answer)) return
      if (answer.status !== 200) return this.#world.unexpected('enrolling', answer)
      this.#last.session = at(answer.json, 'session_token')
      this.#done += 1
    }
  }

  /** What finishes the sign-in; null where the server went away meanwhile. */
  #prepare(ticket: string): Promise<object | null> {
    return this.#world.random.pick([() => this.#prepareTotp(ticket), () => this.#preparePasskey(ticket)])()
  }

  async #prepareTotp(ticket: string): Promise<object | null> {
    const offered = await this.#world.call('POST', '/v1/sign-in/factors/totp', { body: { ticket } })
    if (offered.status !== 201) return null
    return { ticket, factor: 'totp', code: codeOf(at(offered.json, 'secret'), Date.now()) }
  }

  async #preparePasskey(ticket: string): Promise<object | null> {
    const path = '/v1/sign-in/factors/passkey/options'
    const asked = await this.#world.call('POST', path, { body: { ticket } })
    if (asked.status !== 200) return null
    const { credential } = makePasskey(JSON.parse(asked.text).options)
    return { ticket, factor: 'passkey', credential }
  }

  async #finish({ body }: Enrolment): Promise<Answer> {
    const sent = { ...body, deliver: 'session_token' }
    const answer = await this.#world.call('POST', '/v1/sign-in/factor', { body: sent })
    if (answer.status === 200) assert.equal(codesOf(answer).length, 10)
    return answer
  }

  async compare(): Promise<void> {
    if (this.#last !== null) await this.#compareLast(this.#last)
    while (this.#waiting.length < 4) {
      this.#waiting.push(await makeSomebody(this.#world, 'enrolment', [GUARDED]))
    }
  }

  async #compareLast(last: Enrolment): Promise<void> {
    const before = expect(await signIn(this.#world, last.who), 200)
    const isDone = before.json.status === 'factor_required'
    assert.ok(isDone || last.session === null, `A factor that was enrolled: ${before.text}`)
    if (!isDone) {
      assert.equal(before.json.status, 'factor_enrolment_required')
      // Nothing was done: the same ticket does it now.
      last.session = at(expect(await this.#finish(last), 200).json, 'session_token')
    }
    const again = await this.#finish(last)
    assert.equal(again.json.code, 'ticket_ended', `A ticket that has enrolled a factor: ${again.text}`)
    const after = expect(await signIn(this.#world, last.who), 200)
    assert.match(after.text, /"factors":\["(totp|passkey)","recovery_code"\]/)
    if (last.session !== null) assert.equal(await statusOf(this.#world, last.session), 200)
    this.#last = null
  }
}
