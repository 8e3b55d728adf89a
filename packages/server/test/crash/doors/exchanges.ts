/**
 * Somebody's access token that goes from service to service (RFC 8693): each exchange is acknowledged and written
 * down, or it is not; and what was given stands under all that it came of, so that no end spares a part of it.
 */
import assert from 'node:assert/strict'
import { decodeJwt } from 'jose'
import { at } from '../../given.ts'
import { type Answer, isUnsure } from '../calls.ts'
import type { Fate, World } from '../world.ts'
import { expect, makeSomebody, type Somebody, signIn, statusOf, type Worker } from './worker.ts'

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const [GYM, POOL] = ['https://gym.example', 'https://pool.example']
const AT_ONCE = 3
/** Its answers are quick: without an end to them they would be all that is between two kills. */
const CHAINS_PER_LIFE_MAX = 3

interface Service {
  readonly id: string
  readonly secret: string
  readonly account: string
}

/** The server must be up. */
export async function createExchangeWorker(world: World): Promise<Worker> {
  const role = { id: 'goer', permissions: ['things:read'] }
  expect(await world.call('POST', '/v1/roles', { key: world.adminKey, body: role }), 201)
  const first = await makeService(world, 'the-first', [], GYM)
  const second = await makeService(world, 'the-second', [GYM], POOL)
  return new ExchangeWorker(world, await makeSomebody(world, 'goer', ['goer']), first, second)
}

/** One that goes on to another API with what it was given. */
async function makeService(
  world: World,
  id: string,
  audiences: readonly string[],
  to: string,
): Promise<Service> {
  const { adminKey: key } = world
  const owner = await world.call('POST', '/v1/service-accounts', { key, body: { name: id, audiences } })
  const account = at(expect(owner, 201).json, 'service_account', 'id')
  const body = {
    id,
    name: id,
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: [EXCHANGE],
    scopes: ['things:read'],
    audiences: [to],
    service_account_id: account,
  }
  const made = expect(await world.call('POST', '/v1/clients', { key, body }), 201)
  return { id, secret: at(made.json, 'client_secret'), account }
}

/** A token that was given, by the service that it was given to. */
interface Given {
  readonly to: Service
  readonly from: string
  readonly token: string
}

/** A sign-in, and all that came of its access token. */
interface Chain {
  readonly subject: string
  readonly session: string
  readonly given: Given[]
  /** How many answers were lost. */
  lost: number
  fate: Fate
}

class ExchangeWorker implements Worker {
  readonly name = 'exchanges'
  readonly #world: World
  readonly #who: Somebody
  readonly #first: Service
  readonly #second: Service
  /** Of this life of the server. */
  #chains: Chain[] = []
  #done = 0

  constructor(world: World, who: Somebody, first: Service, second: Service) {
    this.#world = world
    this.#who = who
    this.#first = first
    this.#second = second
  }

  done(): number {
    return this.#done
  }

  async work(goesOn: () => boolean): Promise<void> {
    while (goesOn() && this.#chains.length < CHAINS_PER_LIFE_MAX) {
      const chain = await this.#begin()
      if (chain === null || !(await this.#goOn(chain))) return
      this.#done += 1
      if (this.#world.random.percent(50) && !(await this.#end(chain))) return
    }
  }

  async #begin(): Promise<Chain | null> {
    const answer = await signIn(this.#world, this.#who, undefined, 'jwt')
    if (isUnsure(answer)) return null
    const [subject, session] = [at(answer.json, 'access_token'), at(answer.json, 'session', 'id')]
    const chain: Chain = { subject, session, given: [], lost: 0, fate: 'lives' }
    this.#chains.push(chain)
    return chain
  }

  /** Several at once to the first service, and from each of those to the second; false when the server is gone. */
  async #goOn(chain: Chain): Promise<boolean> {
    const step = async (): Promise<boolean> => {
      const next = await this.#exchange(chain, this.#first, chain.subject)
      return next !== null && (await this.#exchange(chain, this.#second, next)) !== null
    }
    const steps = await Promise.all(Array.from({ length: AT_ONCE }, step))
    return steps.every((isDone) => isDone)
  }

  async #exchange(chain: Chain, to: Service, from: string): Promise<string | null> {
    const answer = await this.#world.call('POST', '/oauth/token', {
      form: { ...asClient(to), grant_type: EXCHANGE, subject_token: from, subject_token_type: ACCESS_TOKEN },
    })
    if (isUnsure(answer)) {
      chain.lost += 1
      return null
    }
    if (answer.status !== 200) {
      this.#world.unexpected('exchanging a token', answer)
      return null
    }
    const token = at(answer.json, 'access_token')
    chain.given.push({ to, from, token })
    return token
  }

  /** By one of the ways in which what the chain began with can end. */
  async #end(chain: Chain): Promise<boolean> {
    const { adminKey: key } = this.#world
    const revoke = (kind: string, id: string): Promise<Answer> =>
      this.#world.call('POST', '/v1/revocations', { key, body: { target: { kind, id } } })
    const answer = await this.#world.random.pick([
      () => revoke('session', chain.session),
      () => revoke('grant', String(decodeJwt(chain.subject).gid)),
      () => this.#world.call('POST', '/oauth/revoke', { form: { token: chain.subject } }),
      () => this.#world.call('POST', '/v1/sign-out', { bearer: chain.subject }),
    ])()
    chain.fate = isUnsure(answer) ? 'unsure' : 'ended'
    if (chain.fate === 'ended' && ![200, 204].includes(answer.status)) {
      this.#world.unexpected('ending what was exchanged', answer)
    }
    return chain.fate === 'ended'
  }

  async compare(): Promise<void> {
    for (const chain of this.#chains) {
      for (const one of chain.given) assertStandsUnder(one)
      await this.#assertWrittenDown(chain)
      const isAlive = (await statusOf(this.#world, chain.subject)) === 200
      if (chain.fate !== 'unsure') assert.equal(isAlive, chain.fate === 'lives', `A token that ${chain.fate}`)
      await this.#assertAll(chain, isAlive)
      if (!isAlive) continue
      assert.ok(await this.#end(chain))
      await this.#assertAll(chain, false)
    }
    this.#chains = []
  }

  /** What was given lives as long as what it came of: never a part of it. */
  async #assertAll({ given }: Chain, isAlive: boolean): Promise<void> {
    for (const { to, token } of given) {
      const asked = await this.#world.call('POST', '/oauth/introspect', { form: { ...asClient(to), token } })
      assert.equal(asked.json.active, isAlive, `What ${to.id} was given: ${asked.text}`)
    }
  }

  /** Once for each token that was given, and at most once for each whose answer was lost. */
  async #assertWrittenDown({ subject, given, lost }: Chain): Promise<void> {
    const query = new URLSearchParams({ type: 'access_token.exchanged', target: this.#who.id, limit: '200' })
    const read = await this.#world.call('GET', `/v1/audit?${query}`, { key: this.#world.adminKey })
    const events = eventsOf(expect(read, 200))
    for (const { from, token, to } of given) {
      const found = events.filter((event) => event.to === decodeJwt(token).jti)
      assert.deepEqual(found, [{ client: to.id, from: decodeJwt(from).jti, to: decodeJwt(token).jti }])
    }
    const known = new Set([subject, ...given.map(({ token }) => token)].map((token) => decodeJwt(token).jti))
    const count = events.filter(({ from }) => known.has(String(from))).length
    assert.ok(count >= given.length && count <= given.length + lost, `${count} were written down.`)
  }
}

/** The token that it came of with all that stood above it, and whoever acts. */
function assertStandsUnder({ to, from, token }: Given): void {
  const [above, claims] = [decodeJwt(from), decodeJwt(token)]
  const before = Array.isArray(above.parents) ? above.parents : [`client:${above.client_id}`]
  const { parents } = claims
  assert.ok(Array.isArray(parents))
  for (const parent of [...before, `access_token:${above.jti}`, `service_account:${to.account}`]) {
    assert.ok(parents.includes(parent), `${parent} is not above ${parents.join(', ')}`)
  }
  assert.deepEqual([claims.sid, claims.gid, claims.client_id], [above.sid, above.gid, to.id])
}

const asClient = ({ id, secret }: Service): Record<string, string> => ({
  client_id: id,
  client_secret: secret,
})

function eventsOf({ json, text }: Answer): readonly Readonly<Record<string, unknown>>[] {
  assert.ok(Array.isArray(json.items), text)
  return json.items.map((item: { details?: object }) => ({ ...item.details }))
}
