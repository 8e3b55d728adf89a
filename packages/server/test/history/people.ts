/** Those who sign in, make keys, mint tokens, present them and revoke them, at random moments. */
import type { NodeKind, PathNode } from '@countersign/protocol'
import type { CheckResult, Freshness, VerifyResult } from '@countersign/verifier'
import type { Node } from './authority.ts'
import { AUDIENCE, forgeToken, ISSUER } from './credentials.ts'
import { mint, openHolder, revoke } from './doors.ts'
import { mayBeEndedBy } from './judge-hits.ts'
import type { Check, Credential, Outcome, Revocation } from './record.ts'
import type { NodePlace, Stage, VerifierPlace } from './stage.ts'

export const ACCOUNTS = 4
export const SERVICES = 3
export const ROLES: readonly string[] = ['reader', 'writer']
const CLIENTS = ['first-party', 'shop']
/** New credentials and the newest revocations are where things go wrong. */
const RECENT = 14

/** Returns what they do at moments at which something is likely to go wrong. */
export function letPeopleIn(stage: Stage): () => void {
  const { plan, random, world } = stage
  const again = (everyMs: number, run: () => void): void => {
    const next = (): void => {
      if (world.nowMs > plan.durationMs - 1_500) return
      run()
      world.after(random.around(everyMs), next)
    }
    world.after(random.around(everyMs), next)
  }
  const people = new People(stage)
  for (let count = 0; count < 8; count += 1) world.after(20 * count, () => people.issue())
  again(plan.issueEveryMs, () => people.issue())
  again(plan.checkEveryMs, () => people.presentSome())
  again(plan.revokeEveryMs, () => people.revokeSome())
  again(6_000, () => people.presentForged())
  again(12_000, () => people.rotateKeys())
  return () => people.revokeSome()
}

class People {
  readonly #stage: Stage

  constructor(stage: Stage) {
    this.#stage = stage
  }

  /** Has a node do something; what it throws, or does not come to, has happened to whoever asked. */
  #at(place: NodePlace, run: (node: Node) => Promise<unknown>): void {
    const { node } = place
    node?.process.receive(() => void run(node).catch(() => undefined))
  }

  issue(): void {
    const { random, history } = this.#stage
    const holders = history.credentials.filter(({ kind }) => kind !== 'access_token')
    const place = random.pick(this.#stage.nodes)
    if (holders.length > 2 && random.chance(0.55)) {
      this.#mintUnder(place, random.pick(random.chance(0.7) ? holders.slice(-6) : holders))
      return
    }
    const isSession = random.chance(0.55)
    const number = random.whole(1, isSession ? ACCOUNTS : SERVICES)
    const id = toPrincipalId(isSession ? 'acc' : 'svc', number)
    this.#at(place, (node) => openHolder(this.#stage, node, isSession ? 'session' : 'api_key', id))
  }

  #mintUnder(place: NodePlace, holder: Credential): void {
    const client = this.#stage.random.pick(CLIENTS)
    const order = { holder, client }
    this.#at(place, (node) => mint(this.#stage, node, order))
  }

  presentSome(): void {
    const { random, history, verifiers, nodes } = this.#stage
    if (history.credentials.length === 0) return
    const credential = random.chance(0.15) ? this.#pickRevoked() : this.#pickCredential()
    if (random.chance(0.1)) present(this.#stage, random.pick(nodes), credential, 'lease')
    else present(this.#stage, random.pick(verifiers), credential, random.chance(0.12) ? 'online' : 'lease')
  }

  #pickCredential(): Credential {
    const { random, history } = this.#stage
    const { credentials } = history
    return random.pick(random.chance(0.6) ? credentials.slice(-RECENT) : credentials)
  }

  #pickRevoked(): Credential {
    const { random, history } = this.#stage
    const [revocation] = random.chance(0.7) ? history.revocations.slice(-1) : history.revocations
    if (revocation === undefined) return this.#pickCredential()
    const hit = history.credentials.filter((credential) => mayBeEndedBy(credential, revocation))
    return hit.length === 0 ? this.#pickCredential() : random.pick(hit)
  }

  /** Its key is nobody's: it must never be accepted, and must not keep anybody from learning new keys. */
  presentForged(): void {
    const { random, verifiers, history, world } = this.#stage
    const place = random.pick(verifiers)
    const iat = 1
    const text = forgeToken(`sig_${random.name(26)}`, {
      iss: ISSUER,
      sub: `acc_${random.name(26)}`,
      aud: AUDIENCE,
      iat,
      exp: iat + 1,
      jti: `jwt_${random.name(26)}`,
      client_id: 'first-party',
      scope: '',
      epoch: 'x',
      pos: 0,
    })
    place.verifier?.process.receive(() => {
      const judge = (result: VerifyResult): void => {
        if (!result.ok) return
        history.mistakes.push({
          rule: 'forged',
          atMs: world.nowMs,
          text: `${place.name} took a forged token`,
        })
      }
      void Promise.resolve(place.verifier?.verifier.verify(text)).then((result) => result && judge(result))
    })
  }

  rotateKeys(): void {
    const { random, nodes } = this.#stage
    const place = random.pick(nodes)
    this.#stage.note(`${place.name}: rotates its keys`)
    this.#at(place, async (node) => {
      await node.rotateKeys()
      this.#stage.note(`${place.name}: has rotated its keys`)
      // The first token of a new key is where a verifier may not know it yet.
      for (const holder of this.#stage.history.credentials.slice(-3)) {
        if (holder.kind !== 'access_token') this.#mintAndPresent(place, holder)
      }
    })
  }

  #mintAndPresent(place: NodePlace, holder: Credential): void {
    this.#at(place, async (node) => {
      const order = { holder, client: 'first-party' }
      const token = await mint(this.#stage, node, order)
      if (token !== null) this.presentEverywhere(token, 5)
    })
  }

  presentEverywhere(credential: Credential, withinMs: number): void {
    const { world, random, verifiers, nodes } = this.#stage
    for (const place of [...verifiers, ...nodes]) {
      world.after(random.between(0, withinMs), () => present(this.#stage, place, credential, 'lease'))
    }
  }

  revokeSome(): void {
    const { random, plan, world, nodes, history } = this.#stage
    if (history.credentials.length === 0) return
    const { leaseMs } = plan.policy
    const credential = this.#pickCredential()
    const target = this.#pickTarget(credential)
    const narrow = target.kind === 'role' && random.chance(0.7)
    const waitMs = random.chance(0.7) ? 2 * leaseMs + 3_000 : random.chance(0.5) ? random.whole(1, 1_000) : 0
    const place = random.pick(nodes)
    // Around the commit: a first look at a credential, and a token under it.
    this.#crowdAround(place, credential)
    world.after(random.between(0, 8), () => {
      this.#at(place, (node) =>
        revoke(this.#stage, node, place.name, {
          node: target,
          narrow,
          waitMs,
          onCommit: (revocation) => this.#presentHit(revocation, 1, leaseMs * 1.6),
          onConfirmed: (revocation) => {
            this.#presentHit(revocation, 2, 20)
            this.#presentHit(revocation, 1, leaseMs)
          },
        }),
      )
    })
  }

  #crowdAround(place: NodePlace, credential: Credential): void {
    const { random, world, verifiers, nodes } = this.#stage
    for (const one of verifiers) {
      world.after(random.between(0, 10), () => present(this.#stage, one, credential, 'lease'))
    }
    if (credential.kind === 'access_token') return
    const minter = random.chance(0.5) ? place : random.pick(nodes)
    world.after(random.between(0, 10), () => this.#mintUnder(minter, credential))
  }

  #presentHit(revocation: Revocation, count: number, withinMs: number): void {
    const { random, world, verifiers, nodes, history } = this.#stage
    const hit = history.credentials.filter((credential) => mayBeEndedBy(credential, revocation))
    if (hit.length === 0) return
    for (const place of [...verifiers, ...verifiers, ...nodes]) {
      for (let index = 0; index < count; index += 1) {
        const credential = random.pick(random.chance(0.7) ? hit.slice(-3) : hit)
        world.after(random.between(0, withinMs), () => present(this.#stage, place, credential, 'lease'))
      }
    }
  }

  #pickTarget({ kind, id, path }: Credential): PathNode {
    const { random } = this.#stage
    const weight = random.next()
    const find = (...kinds: readonly NodeKind[]): PathNode =>
      path.find((node) => kinds.includes(node.kind)) ?? { kind, id }
    if (weight < 0.45) return { kind, id }
    if (weight < 0.7) return find('session', 'api_key')
    if (weight < 0.81) return find('account', 'service_account')
    if (weight < 0.92) return find('role')
    if (weight < 0.95) return find('client')
    return weight < 0.985 ? find('signing_key') : find('issuer')
  }
}

export const toPrincipalId = (prefix: 'acc' | 'svc', number: number): string =>
  `${prefix}_${String(number).padStart(26, '0')}`

const isVerifier = (place: VerifierPlace | NodePlace): place is VerifierPlace => 'route' in place

/** Presents a credential there, as soon as the process runs. */
export function present(
  stage: Stage,
  place: VerifierPlace | NodePlace,
  credential: Credential,
  freshness: Freshness,
): void {
  const process = isVerifier(place) ? place.verifier?.process : place.node?.process
  process?.receive(() => {
    const check: Check = {
      number: stage.history.checks.length + 1,
      at: place.name,
      credential,
      freshness,
      beganAtMs: stage.world.nowMs,
      endedAtMs: null,
      outcome: null,
    }
    stage.history.checks.push(check)
    const end = (outcome: Outcome): void => {
      check.endedAtMs ??= stage.world.nowMs
      check.outcome ??= outcome
    }
    process.onDeath(() => end({ kind: 'lost' }))
    const result = isVerifier(place)
      ? place.verifier?.verifier.verify(credential.text, { freshness })
      : place.node?.checker.check(credential.text, freshness)
    if (result instanceof Promise) void result.then((later) => end(toOutcome(later)))
    else if (result !== undefined) end(toOutcome(result))
  })
}

function toOutcome(result: VerifyResult | CheckResult): Outcome {
  if (!result.ok) {
    if (result.code === 'verifier_unavailable') return { kind: 'unavailable' }
    return { kind: 'refused', code: 'reason' in result ? result.reason : result.code }
  }
  const { permissions } = 'verdict' in result ? result.verdict : result
  return { kind: 'accepted', permissions }
}
