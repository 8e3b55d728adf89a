/** An app and its user: pushed requests, consent, codes, refresh tokens, and the app's own secret. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { at } from '../../given.ts'
import { type Answer, isUnsure } from '../calls.ts'
import type { World } from '../world.ts'
import { expect, makeSomebody, type Somebody, signIn, type Worker } from './worker.ts'

const REDIRECT = 'https://app.example.com/callback'
const CLIENT = 'an-app'

export async function createAppWorker(world: World): Promise<Worker> {
  const body = {
    id: CLIENT,
    name: 'An app',
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [REDIRECT],
    scopes: ['openid', 'things:read'],
  }
  const made = expect(await world.call('POST', '/v1/clients', { key: world.adminKey, body }), 201)
  return new AppWorker(world, await makeSomebody(world, 'app-user'), at(made.json, 'client_secret'))
}

/** A code that was given, and what came of it. */
interface Flow {
  readonly path: string
  readonly verifier: string
  readonly code: string
  /** The refresh token that was acknowledged last; null until there is one. */
  refreshToken: string | null
}

class AppWorker implements Worker {
  readonly name = 'apps'
  readonly #world: World
  readonly #who: Somebody
  #secret: string
  readonly #endedSecrets: string[] = []
  /** The answer of a rotation was lost, and the secret with it. */
  #isRotating = false
  #cookie: string | null = null
  #flow: Flow | null = null
  #done = 0

  constructor(world: World, who: Somebody, secret: string) {
    this.#world = world
    this.#who = who
    this.#secret = secret
  }

  done(): number {
    return this.#done
  }

  async work(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      if (!(await this.#open()) || !(await this.#redeem())) return
      for (let more = this.#world.random.between(0, 3); more > 0 && goesOn(); more -= 1) {
        if (!(await this.#refresh())) return
      }
      if (this.#world.random.percent(40) && !(await this.#rotate())) return
    }
  }

  /** From the pushed request to the code, through the question where it is put. */
  async #open(): Promise<boolean> {
    if (this.#cookie === null && !(await this.#signIn())) return false
    const verifier = randomBytes(32).toString('base64url')
    const form = {
      ...this.#asClient(),
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'openid things:read',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...(this.#world.random.percent(50) && { prompt: 'consent' }),
    }
    const pushed = await this.#world.call('POST', '/oauth/par', { form })
    if (isUnsure(pushed)) return false
    if (pushed.status !== 201) return this.#fault('pushing a request', pushed)
    const query = new URLSearchParams({ client_id: CLIENT, request_uri: at(pushed.json, 'request_uri') })
    const path = `/oauth/authorize?${query}`
    const code = await this.#codeFor(path)
    if (code === null) return false
    this.#flow = { path, verifier, code, refreshToken: null }
    return true
  }

  async #signIn(): Promise<boolean> {
    const answer = await signIn(this.#world, this.#who, undefined, 'cookie')
    if (answer.status !== 200) return false
    this.#cookie = toCookie(answer)
    return true
  }

  async #codeFor(path: string): Promise<string | null> {
    const answer = await this.#follow(path)
    if (answer === null || isUnsure(answer)) return null
    const code = codeOf(answer)
    if (code === null) this.#fault('asking for a code', answer)
    return code
  }

  /** To the end of the pages; null where the server went away meanwhile. */
  async #follow(path: string): Promise<Answer | null> {
    const cookie = this.#cookie ?? ''
    const next = await this.#world.call('GET', path, { cookie })
    return next.location?.startsWith('/consent') ? this.#allow(next.location, cookie) : next
  }

  async #allow(path: string, cookie: string): Promise<Answer | null> {
    const page = await this.#world.call('GET', path, { cookie })
    if (isUnsure(page)) return null
    const fields = page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)
    const form = Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, value]))
    const both = [cookie, toCookie(page)].filter((one) => one !== '').join('; ')
    return this.#world.call('POST', '/consent', { cookie: both, form: { ...form, decision: 'allow' } })
  }

  #asClient(secret = this.#secret): { client_id: string; client_secret: string } {
    return { client_id: CLIENT, client_secret: secret }
  }

  #present({ code, verifier }: Flow): Promise<Answer> {
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: REDIRECT }
    return this.#world.call('POST', '/oauth/token', { form: { ...this.#asClient(), ...form } })
  }

  async #redeem(): Promise<boolean> {
    const flow = this.#flow
    if (flow === null) return false
    const answer = await this.#present(flow)
    if (isUnsure(answer)) return false
    if (answer.status !== 200) return this.#fault('redeeming a code', answer)
    flow.refreshToken = at(answer.json, 'refresh_token')
    this.#done += 1
    return true
  }

  #presentRefresh(token: string): Promise<Answer> {
    const form = { ...this.#asClient(), grant_type: 'refresh_token', refresh_token: token }
    return this.#world.call('POST', '/oauth/token', { form })
  }

  async #refresh(): Promise<boolean> {
    const flow = this.#flow
    if (flow === null || flow.refreshToken === null) return false
    const answer = await this.#presentRefresh(flow.refreshToken)
    if (isUnsure(answer)) return false
    if (answer.status !== 200) return this.#fault('refreshing for an app', answer)
    flow.refreshToken = at(answer.json, 'refresh_token')
    return true
  }

  async #rotate(): Promise<boolean> {
    this.#isRotating = true
    const path = `/v1/clients/${CLIENT}/rotate-secret`
    const body = { overlap_seconds: 0 }
    const answer = await this.#world.call('POST', path, { key: this.#world.adminKey, body })
    if (isUnsure(answer)) return false
    this.#isRotating = false
    if (answer.status !== 200) return this.#fault('rotating the secret of an app', answer)
    this.#endedSecrets.push(this.#secret)
    this.#secret = at(answer.json, 'client_secret')
    return true
  }

  #fault(what: string, answer: Answer): false {
    this.#world.unexpected(what, answer)
    return false
  }

  async compare(): Promise<void> {
    if (this.#isRotating) assert.ok(await this.#rotate())
    for (const secret of this.#endedSecrets.slice(-2)) {
      const form = { ...this.#asClient(secret), grant_type: 'refresh_token', refresh_token: 'x' }
      const answer = await this.#world.call('POST', '/oauth/token', { form })
      assert.equal(answer.json.error, 'invalid_client', `A secret that was rotated away: ${answer.text}`)
    }
    if (this.#flow !== null) await this.#compareFlow(this.#flow)
    this.#flow = null
  }

  async #compareFlow(flow: Flow): Promise<void> {
    const pushed = await this.#follow(flow.path)
    assert.equal(pushed?.status, 400, 'A pushed request that was used')
    if (flow.refreshToken === null) {
      // Either the code is still good, or it was used and is not; what it then gave, nobody has been told.
      const late = expect(await this.#present(flow), 200, 400)
      if (late.status === 200) flow.refreshToken = at(late.json, 'refresh_token')
    }
    if (flow.refreshToken !== null) {
      const next = expect(await this.#presentRefresh(flow.refreshToken), 200)
      flow.refreshToken = at(next.json, 'refresh_token')
    }
    const again = await this.#present(flow)
    assert.equal(again.json.error, 'invalid_grant', `A code that was redeemed: ${again.text}`)
    if (flow.refreshToken === null) return
    const over = await this.#presentRefresh(flow.refreshToken)
    assert.equal(over.json.error, 'invalid_grant', `What a code gave that came back: ${over.text}`)
  }
}

const codeOf = ({ location }: Answer): string | null =>
  URL.parse(location ?? '')?.searchParams.get('code') ?? null

const toCookie = (answer: Answer): string => answer.cookies.map((line) => line.split(';')[0] ?? '').join('; ')
