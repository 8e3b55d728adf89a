/** People of a history with real processes: they get credentials, present them, and revoke them. */
import { setTimeout as pause } from 'node:timers/promises'
import { API_KEY_TOKEN_TYPE } from '../../../src/routes/token-grants/exchange.ts'
import { at, keyOf, person, signedIn } from '../../given.ts'
import type { Random } from '../random.ts'
import { call, nowMs, type RealNode, type RealVerifier, type Stage, toGiven } from './stage.ts'

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const WAIT_MS = 6_000
const CHECK_MS_MAX = 20_000

export interface RealCredential {
  readonly name: string
  readonly text: string
  /** `kind:id` of what it hangs under. */
  readonly nodes: readonly string[]
  /** It was there before this moment. */
  readonly issuedAtMs: number
}

export interface RealRevocation {
  readonly node: string
  readonly isRule: boolean
  readonly by: string
  readonly sentAtMs: number
  readonly waits: boolean
  /** When the call was answered well; null where nobody knows what it has done. */
  answeredAtMs: number | null
  confirmed: boolean
}

export interface RealCheck {
  readonly at: string
  readonly credential: RealCredential
  readonly beganAtMs: number
  readonly endedAtMs: number
  readonly outcome: string
}

export interface RealHistory {
  readonly credentials: RealCredential[]
  readonly revocations: RealRevocation[]
  readonly checks: RealCheck[]
}

export class RealPeople {
  readonly history: RealHistory = { credentials: [], revocations: [], checks: [] }
  readonly #stage: Stage
  readonly #random: Random
  #isOver = false

  constructor(stage: Stage, random: Random) {
    this.#stage = stage
    this.#random = random
  }

  /** Enough credentials to begin with. */
  async prepare(): Promise<void> {
    for (let count = 0; count < 6; count += 1) await this.#issue(count % 3 === 2)
  }

  /** Runs until `fault` has ended and so much longer. */
  async live(fault: () => Promise<void>, afterMs: number): Promise<void> {
    const lives = [
      this.#repeat(25, () => this.#present()),
      this.#repeat(450, () => this.#issue(false)),
      this.#repeat(600, () => this.#revoke()),
    ]
    try {
      await fault()
      await pause(afterMs)
    } finally {
      this.#isOver = true
      await Promise.all(lives)
    }
  }

  /** What fails because something is wrong just now has happened to whoever asked. */
  async #repeat(everyMs: number, act: () => Promise<void>): Promise<void> {
    const under = new Set<Promise<void>>()
    while (!this.#isOver) {
      const one = act()
        .catch(() => undefined)
        .finally(() => under.delete(one))
      under.add(one)
      await pause(this.#random.between(0.5, 1.5) * everyMs)
    }
    await Promise.all(under)
  }

  #node(): RealNode {
    return this.#random.pick(this.#stage.nodes)
  }

  async #issue(isSession: boolean): Promise<void> {
    const node = this.#node()
    const given = toGiven(node, this.#stage.adminKey)
    const { credentials } = this.history
    const add = (kind: string, text: string, nodes: readonly string[]): void => {
      credentials.push({ name: `#${credentials.length + 1} (${kind})`, text, nodes, issuedAtMs: nowMs() })
    }
    if (isSession) {
      const { email } = await person(given)
      const { session, session_token, account } = await signedIn(given, 'session_token', email)
      add('session', session_token ?? '', [`session:${session.id}`, `account:${account.id}`])
      return
    }
    const made = await keyOf(given, ['things:read'])
    const nodes = [`api_key:${made.id}`, `service_account:${made.owner}`]
    add('api_key', made.secret, nodes)
    const form = { grant_type: EXCHANGE, subject_token: made.secret, subject_token_type: API_KEY_TOKEN_TYPE }
    const { text, json } = await call(this.#node(), 'POST', '/oauth/token', { form })
    const token = text.includes('access_token') ? at(json, 'access_token') : null
    if (token !== null) add('access_token', token, nodes)
  }

  #pick(): RealCredential {
    const { credentials, revocations } = this.history
    const [last] = revocations.slice(-1)
    const hit = last === undefined ? [] : credentials.filter((one) => isHit(one, last))
    if (hit.length > 0 && this.#random.chance(0.3)) return this.#random.pick(hit)
    return this.#random.pick(this.#random.chance(0.6) ? credentials.slice(-10) : credentials)
  }

  #present(): Promise<void> {
    return this.#check(this.#random.pick(this.#stage.verifiers), this.#pick())
  }

  async #check({ name, process }: RealVerifier, credential: RealCredential): Promise<void> {
    const response = await fetch(process.url, {
      headers: { 'x-credential': credential.text },
      signal: AbortSignal.timeout(CHECK_MS_MAX),
    })
    const said: { beganAtMs: number; endedAtMs: number; outcome: string } = JSON.parse(await response.text())
    this.history.checks.push({ at: name, credential, ...said })
  }

  async #revoke(): Promise<void> {
    const credential = this.#pick()
    const node = this.#random.pick(credential.nodes)
    const [kind = '', id = ''] = node.split(':')
    const waits = this.#random.chance(0.75)
    const at = this.#node()
    const isRule = kind === 'account' || kind === 'service_account'
    const revocation: RealRevocation = {
      node,
      isRule,
      by: at.name,
      sentAtMs: nowMs(),
      waits,
      answeredAtMs: null,
      confirmed: false,
    }
    this.history.revocations.push(revocation)
    const body = { target: { kind, id }, ...(waits && { wait_ms: WAIT_MS }) }
    const { status, json } = await call(at, 'POST', '/v1/revocations', { key: this.#stage.adminKey, body })
    if (status !== 200) return
    revocation.answeredAtMs = nowMs()
    revocation.confirmed = json.confirmed === true
    const hit = this.history.credentials.filter((one) => isHit(one, revocation)).slice(-2)
    const checks = this.#stage.verifiers.flatMap((verifier) => hit.map((one) => this.#check(verifier, one)))
    await Promise.allSettled(checks)
  }
}

/** A rule hits what was there before it was asked for; of what came about then nobody can tell. */
export function isHit(
  { nodes, issuedAtMs }: RealCredential,
  { node, isRule, sentAtMs }: RealRevocation,
): boolean {
  return nodes.includes(node) && (!isRule || issuedAtMs < sentAtMs)
}
