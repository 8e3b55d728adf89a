/** Somebody who adds passkeys and signs in with them. */
import assert from 'node:assert/strict'
import { at } from '../../given.ts'
import { makePasskey, type SoftKey, usePasskey } from '../../soft-authenticator.ts'
import { isUnsure } from '../calls.ts'
import type { World } from '../world.ts'
import { expect, makeSomebody, type Somebody, signIn, statusOf, type Worker } from './worker.ts'

/** An account may have ten. */
const KEYS_MAX = 8

type Assertion = ReturnType<typeof usePasskey>

export async function createPasskeyWorker(world: World): Promise<Worker> {
  return new PasskeyWorker(world, await makeSomebody(world, 'passkey'))
}

class PasskeyWorker implements Worker {
  readonly name = 'passkeys'
  readonly #world: World
  #who: Somebody
  #bearer = ''
  /** Adding another one needs a session that a passkey has opened. */
  #mayAdd = false
  #keys: SoftKey[] = []
  /** Handed in, and nobody said whether it was taken. */
  #unsure: { key: SoftKey; body: object } | null = null
  #used: { assertion: Assertion; session: string | null } | null = null
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
      const isDue = this.#mayAdd && this.#keys.length < KEYS_MAX && this.#world.random.percent(30)
      const adds = this.#keys.length === 0 || isDue
      if (!(adds ? await this.#add() : await this.#signIn(this.#world.random.pick(this.#keys)))) return
    }
  }

  async #add(): Promise<boolean> {
    if (this.#keys.length === 0 && !(await this.#begin())) return false
    const bearer = this.#bearer
    const asked = await this.#world.call('POST', '/v1/me/passkeys/options', { bearer })
    if (isUnsure(asked)) return false
    if (asked.status !== 200) return this.#fault('asking to add a passkey', asked)
    const { key, credential } = makePasskey(JSON.parse(asked.text).options)
    this.#unsure = { key, body: { credential } }
    const added = await this.#world.call('POST', '/v1/me/passkeys', { bearer, body: { credential } })
    if (isUnsure(added)) return false
    this.#unsure = null
    if (added.status !== 201) return this.#fault('adding a passkey', added)
    this.#keys.push(key)
    this.#mayAdd = false
    this.#done += 1
    return true
  }

  async #begin(): Promise<boolean> {
    const opened = await signIn(this.#world, this.#who)
    if (isUnsure(opened)) return false
    if (opened.json.status !== 'signed_in') return this.#fault('signing in without a passkey', opened)
    this.#bearer = at(opened.json, 'session_token')
    return true
  }

  async #signIn(key: SoftKey): Promise<boolean> {
    const asked = await this.#world.call('POST', '/v1/sign-in/passkey/options')
    if (isUnsure(asked)) return false
    if (asked.status !== 200) return this.#fault('asking for a passkey', asked)
    const assertion = usePasskey(key, JSON.parse(asked.text).options)
    this.#used = { assertion, session: null }
    const answer = await this.#present(assertion)
    if (isUnsure(answer)) return false
    if (answer.status !== 200) return this.#fault('signing in with a passkey', answer)
    this.#bearer = at(answer.json, 'session_token')
    this.#used = { assertion, session: this.#bearer }
    this.#mayAdd = true
    this.#done += 1
    return true
  }

  #present(credential: Assertion): ReturnType<World['call']> {
    return this.#world.call('POST', '/v1/sign-in/passkey', { body: { credential, deliver: 'session_token' } })
  }

  #fault(what: string, answer: Parameters<World['unexpected']>[1]): false {
    this.#world.unexpected(what, answer)
    return false
  }

  async compare(): Promise<void> {
    if (this.#used !== null) {
      const again = expect(await this.#present(this.#used.assertion), 200, 401)
      // An answer that was lost may never have arrived; one that was given is good for nothing any more.
      if (again.status === 200) assert.equal(this.#used.session, null, 'An answer of a passkey worked twice.')
      assert.equal((await this.#present(this.#used.assertion)).status, 401)
      if (this.#used.session !== null) assert.equal(await statusOf(this.#world, this.#used.session), 200)
      this.#used = null
    }
    if (this.#unsure !== null) await this.#learn(this.#unsure)
    for (const key of this.#keys) {
      if (!(await this.#signIn(key))) assert.fail('A passkey that was added')
    }
    if (this.#keys.length < KEYS_MAX) return
    this.#who = await makeSomebody(this.#world, 'passkey')
    this.#keys = []
  }

  /** It was taken as a whole, or its answer can still be handed in. */
  async #learn({ key, body }: { key: SoftKey; body: object }): Promise<void> {
    this.#unsure = null
    const asked = expect(await this.#world.call('POST', '/v1/sign-in/passkey/options'), 200)
    const answer = await this.#present(usePasskey(key, JSON.parse(asked.text).options))
    const isAdded = expect(answer, 200, 401).status === 200
    const again = await this.#world.call('POST', '/v1/me/passkeys', { bearer: this.#bearer, body })
    assert.equal(again.status === 201, !isAdded, `A passkey was added by halves: ${again.text}`)
    this.#keys.push(key)
  }
}
