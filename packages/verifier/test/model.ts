/**
 * A small world around one checker: an authority with its log, a wire that loses, delays, repeats and reorders,
 * and clocks that jump. It keeps the plain truth about every credential beside it and holds the checker's
 * answers against that (lease protocol, "Why it is safe").
 */
import assert from 'node:assert/strict'
import { createChecker } from '../src/check.ts'
import type { Checker } from '../src/checker.ts'
import type { VerificationKey } from '../src/jwt/keys.ts'
import type { FeedAnswer } from '../src/memory.ts'
import type { AskAnswer, CheckResult } from '../src/verdict.ts'
import {
  AUDIENCE,
  givenClaims,
  givenOpaque,
  givenVerdict,
  HandClock,
  ISSUER,
  NOW_SECONDS,
  STYLE,
} from './given.ts'
import {
  at,
  type Commit,
  type Counts,
  type Credential,
  type Mutation,
  newNodes,
  pickFrom,
  type Step,
  toAge,
  toBase64url,
  toPath,
  type WireStep,
} from './model-steps.ts'

const LEASE_MS = 5_000
const CONFIRMED_MS = LEASE_MS * 1.01 + 50
const LEEWAY_SECONDS = 5
const LIFETIME_SECONDS = 40
const RETENTION_MS = (LIFETIME_SECONDS + LEEWAY_SECONDS) * 1000

interface Poll {
  readonly sent: { readonly monotonicMs: number; readonly wallMs: number }
  readonly after: number
  readonly epoch: string | null
}

interface Question {
  readonly credential: string
  readonly resolve: (answer: AskAnswer) => void
  readonly reject: (error: Error) => void
  /** The position that was read too late, for the mutation that does so. */
  readonly state: AskAnswer | null
}

export class World {
  readonly clock: HandClock = new HandClock()
  readonly checker: Checker
  readonly #mutation: Mutation
  readonly #checks: Promise<void>[] = []
  #nowMs = 0
  #epoch = 'epoch-0'
  #failure: unknown = null
  #head = 0
  #commits: Commit[] = []
  #credentials: Credential[] = []
  #polls: Poll[] = []
  #pollAnswers: FeedAnswer[] = []
  #questions: Question[] = []
  #askAnswers: (() => void)[] = []
  #signatures: (() => void)[] = []
  #renewalsWork = true
  readonly counts: Counts = { accepted: 0, mustRefuse: 0, refused: 0, undecided: 0 }

  constructor(mutation: Mutation = null) {
    this.#mutation = mutation
    this.checker = createChecker({
      issuer: ISSUER,
      audiences: [AUDIENCE],
      style: STYLE,
      clock: this.clock,
      ask: (credential) => this.#receiveQuestion(credential),
      renew: () => this.#renew(),
      leewaySeconds: LEEWAY_SECONDS,
      lifetimeMaxSeconds: LIFETIME_SECONDS,
      bounds: { verdictsMax: 3, refusalKeepMs: 1 },
    })
    this.checker.setKeys([this.#slowKey('sig_slow'), { ...this.#slowKey('sig_fast'), verify: () => true }])
  }

  /** A key whose signatures are good, after a while. */
  #slowKey(kid: string): VerificationKey {
    const verify = (): Promise<boolean> =>
      new Promise((resolve) => this.#signatures.push(() => resolve(true)))
    return { kid, algorithm: 'HS256', verify, material: { reveal: () => kid } as VerificationKey['material'] }
  }

  /** Takes the steps, then lets every call that is under way come to its end. Throws what went wrong. */
  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.#take(step)
      await this.#settle()
    }
    for (const end of [...this.#askAnswers, ...this.#signatures]) end()
    this.#renewalsWork = false
    await this.#settle()
    // An answer that was overtaken is asked again.
    while (this.#questions.length > 0) {
      this.#take({ do: 'fail_ask' })
      await this.#settle()
    }
    await Promise.all(this.#checks)
    await this.#settle()
  }

  /** Lets everything run that does not wait for the world. */
  async #settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    if (this.#failure !== null) throw this.#failure
  }

  #take(step: Step): void {
    switch (step.do) {
      case 'revoke':
        this.#revoke(step.which, step.node, step.isRule)
        break
      case 'issue':
        this.#credentials.push(step.kind === 'access_token' ? this.#mint() : this.#issueOpaque(step.kind))
        break
      case 'check':
        this.#check(step.which)
        break
      case 'new_epoch':
        this.#startEpoch()
        break
      case 'renewals':
        this.#renewalsWork = step.work
        break
      case 'advance':
      case 'suspend':
        this.#nowMs += step.ms
        this.clock[step.do](step.ms)
        break
      case 'jump':
        this.clock.wallMs += step.ms
        break
      default:
        this.#takeOnWire(step)
    }
  }

  #takeOnWire(step: WireStep): void {
    switch (step.do) {
      case 'poll':
        this.#polls.push(this.#sendPoll())
        break
      case 'answer_poll':
        this.#answerPoll()
        break
      case 'deliver_poll':
        this.#deliverPoll(step.which)
        break
      case 'answer_ask':
        this.#answerQuestion()
        break
      case 'fail_ask':
        this.#questions.shift()?.reject(new Error('The authority is away.'))
        break
      case 'deliver_ask':
        pickFrom(this.#askAnswers, step.which)?.()
        break
      case 'finish_signature':
        pickFrom(this.#signatures, step.which)?.()
        break
    }
  }

  get #authorityMs(): number {
    return NOW_SECONDS * 1000 + this.#nowMs
  }

  #issueOpaque(kind: 'session' | 'api_key'): Credential {
    const { text, id } = givenOpaque(kind)
    const path = toPath({ ...newNodes(), [kind]: id })
    return { text, path, epoch: this.#epoch, issuedPosition: this.#head, expiresAtMs: null }
  }

  #mint(): Credential {
    const issuedPosition = this.#head
    const kid = this.#credentials.length % 2 === 0 ? 'sig_slow' : 'sig_fast'
    const exp = Math.floor(this.#authorityMs / 1000) + LIFETIME_SECONDS
    const pos = this.#mutation === 'mint_head_last' ? issuedPosition + 1 : issuedPosition
    const nodes = newNodes()
    const own = { sub: nodes.account, exp, iat: exp - LIFETIME_SECONDS, epoch: this.#epoch, pos }
    const claims = givenClaims({ ...own, auth_time: undefined })
    const { sid, gid, client_id: client, jti } = claims
    const head = toBase64url({ alg: 'HS256', typ: 'at+jwt', kid })
    return {
      text: `${head}.${toBase64url(claims)}.${toBase64url({ jti })}`,
      path: toPath({
        ...nodes,
        session: `${sid}`,
        grant: `${gid}`,
        client: `${client}`,
        access_token: `${jti}`,
      }),
      epoch: this.#epoch,
      issuedPosition,
      expiresAtMs: (exp + LEEWAY_SECONDS) * 1000,
    }
  }

  /** Only what never gets new children is killed by id; the rest gets a rule (design §3). */
  #revoke(which: number, node: number, isRule: boolean): void {
    const path = at(this.#credentials, which)?.path
    const target = path && at(path, node)
    if (target === undefined) return
    this.#head += 1
    const canBeKilled = ['session', 'grant', 'api_key', 'access_token'].includes(target.kind)
    const rule = isRule || !canBeKilled ? { issuedBeforePosition: this.#head } : {}
    const entry = { position: this.#head, ...target, ...rule, expiresAtMs: this.#authorityMs + RETENTION_MS }
    this.#commits.push({ entry, epoch: this.#epoch, committedAtMs: this.#nowMs })
  }

  /** The log is lost and begins anew; what its entries had done to the state stays done. */
  #startEpoch(): void {
    this.#epoch = `epoch-${toAge(this.#epoch) + 1}`
    this.#head = 0
  }

  /** The commits that hit a credential: it is dead from the first of them on. */
  #deaths({ path, epoch, issuedPosition }: Credential): readonly Commit[] {
    return this.#commits.filter(({ entry, epoch: entryEpoch }) => {
      const isOnPath = path.some(({ kind, id }) => kind === entry.kind && id === entry.id)
      const before = entry.issuedBeforePosition ?? Number.POSITIVE_INFINITY
      // Whatever was issued in an earlier epoch was issued before every entry of a later one.
      const isBefore = toAge(entryEpoch) > toAge(epoch) || (entryEpoch === epoch && issuedPosition < before)
      return isOnPath && isBefore
    })
  }

  #check(which: number): void {
    const credential = at(this.#credentials, which)
    if (credential === undefined) return
    const { epoch, position } = this.checker.stats()
    const mustRefuse = this.#deaths(credential).some(
      (death) =>
        this.#nowMs - death.committedAtMs > CONFIRMED_MS ||
        (death.epoch === epoch && death.entry.position <= position),
    )
    const isOver = credential.expiresAtMs !== null && this.#authorityMs >= credential.expiresAtMs + LEASE_MS
    if (mustRefuse) this.counts.mustRefuse += 1
    const judge = (result: CheckResult): void => {
      assert.ok(!(result.ok && mustRefuse), 'A credential was accepted after its revocation was confirmed.')
      assert.ok(!(result.ok && isOver), 'An access token was accepted long after it had expired.')
      if (result.ok) this.counts.accepted += 1
      else if (result.code === 'invalid_credential') this.counts.refused += 1
      else this.counts.undecided += 1
    }
    const result = this.checker.check(credential.text)
    if (result instanceof Promise) {
      const judged = result.then(judge).catch((error: unknown) => {
        this.#failure ??= error
      })
      this.#checks.push(judged)
    }
    if (!(result instanceof Promise)) judge(result)
  }

  #receiveQuestion(credential: string): Promise<AskAnswer> {
    return new Promise((resolve, reject) => {
      const state = this.#mutation === 'state_before_head' ? this.#decide(credential) : null
      this.#questions.push({ credential, resolve, reject, state })
    })
  }

  /** The authority reads the head, then the state; the answer is then on its way. */
  #answerQuestion(): void {
    const question = this.#questions.shift()
    if (question === undefined) return
    const decided = question.state ?? this.#decide(question.credential)
    const answer: AskAnswer =
      decided.kind === 'active'
        ? { kind: 'active', verdict: { ...decided.verdict, position: this.#head } }
        : decided
    this.#askAnswers.push(() => question.resolve(answer))
  }

  #decide(text: string): AskAnswer {
    const credential = this.#credentials.find((one) => one.text === text)
    if (credential === undefined) return { kind: 'refused', reason: 'unknown' }
    if (this.#deaths(credential).length > 0) return { kind: 'refused', reason: 'revoked' }
    const verdict = givenVerdict(text, { usableUntilMs: this.#authorityMs + 30_000 })
    const owner = credential.path.find(({ kind }) => kind === 'account')?.id
    const principal = { ...verdict.principal, id: owner as typeof verdict.principal.id }
    const own = { ...verdict.credential, path: credential.path, expiresAtMs: null }
    return { kind: 'active', verdict: { ...verdict, principal, credential: own, position: this.#head } }
  }

  #sendPoll(): Poll {
    const { epoch, position } = this.checker.stats()
    return { sent: { monotonicMs: this.clock.monotonic, wallMs: this.clock.wallMs }, after: position, epoch }
  }

  #answerPoll(): void {
    const poll = this.#polls.shift()
    if (poll !== undefined) this.#pollAnswers.push(this.#toAnswer(poll))
  }

  #toAnswer(poll: Poll): FeedAnswer {
    const snapshot = poll.epoch !== this.#epoch
    const entries = this.#commits
      .filter(({ epoch, entry }) => epoch === this.#epoch && entry.expiresAtMs > this.#authorityMs)
      .map(({ entry }) => entry)
      .filter(({ position }) => snapshot || position > poll.after)
    return {
      epoch: this.#epoch,
      entries: this.#mutation === 'entries_lost' ? entries.slice(0, -1) : entries,
      position: this.#head,
      snapshot,
      sentAtMonotonicMs: poll.sent.monotonicMs,
      sentAtWallMs: poll.sent.wallMs,
      leaseMs: LEASE_MS,
      authorityNowMs: this.#authorityMs,
    }
  }

  /** Answers come in any order, and one in three stays to come again. */
  #deliverPoll(which: number): void {
    const answer = which % 3 === 0 ? at(this.#pollAnswers, which) : pickFrom(this.#pollAnswers, which)
    if (answer === undefined) return
    const now = { sentAtMonotonicMs: this.clock.monotonic, sentAtWallMs: this.clock.wallMs }
    this.checker.apply(this.#mutation === 'lease_from_receipt' ? { ...answer, ...now } : answer)
  }

  async #renew(): Promise<void> {
    if (!this.#renewalsWork) throw new Error('The authority is away.')
    this.checker.apply(this.#toAnswer(this.#sendPoll()))
  }
}
