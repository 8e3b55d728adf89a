/**
 * What the outside knows while servers die: everything that was acknowledged to it, what it cannot be sure of,
 * and every answer that should not have been given.
 */
import { type Answer, type CallOptions, call, isUnsure } from './calls.ts'
import type { Random } from './random.ts'

/** `unsure`: a change was under way when the connection broke. */
export type Fate = 'lives' | 'ended' | 'unsure'

export interface KeyMemory {
  readonly id: string
  /** The secret that was acknowledged last. */
  secret: string
  fate: Fate
  /** Older secrets whose end was acknowledged. */
  readonly endedSecrets: string[]
  /** Made from the key since the last change of it. */
  token: string | null
  readonly endedTokens: string[]
}

export interface FamilyMemory {
  readonly session: string
  readonly grant: string
  refreshToken: string
  accessToken: string
  /** Of the refresh token that was acknowledged last. */
  generation: number
  /** It was presented, and the answer was lost. */
  isPending: boolean
  fate: Fate
}

/** What was acknowledged last, and what may have taken its place. */
export interface Value {
  acknowledged: string
  pending: string | null
}

/** A program whose roles change, and its key, which never does. */
export interface ProgramMemory {
  readonly id: string
  readonly key: string
  /** Its one role. */
  readonly role: Value
  /** The permission of each role. */
  readonly permissions: ReadonlyMap<string, Value>
}

/** A person who signs in with recovery codes, one after another. */
export interface CodesMemory {
  readonly email: string
  /** Not presented yet. */
  readonly left: string[]
  /** Each opened a session, and that was acknowledged. */
  readonly used: { readonly code: string; readonly session: string }[]
}

export class World {
  readonly random: Random
  readonly adminKey: string
  readonly keys: KeyMemory[] = []
  readonly families: FamilyMemory[] = []
  readonly programs: ProgramMemory[] = []
  readonly codes: CodesMemory[] = []
  /** Ids of accounts. */
  readonly people: string[] = []
  /** What was changed since it was last compared with the server. */
  readonly touched: Set<KeyMemory | FamilyMemory> = new Set<KeyMemory | FamilyMemory>()
  /** Answers that no server may give, in words. */
  readonly faults: string[] = []
  base = ''
  acknowledged = 0
  unavailable = 0
  /** While the database is away: when every lease that it gave has lapsed, on this process's clock. */
  lapsedAtMs: number | null = null
  #awaited: { count: number; resolve: () => void } | null = null
  #linked: (() => void) | null = null

  constructor(random: Random, adminKey: string) {
    this.random = random
    this.adminKey = adminKey
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const startedAtMs = performance.now()
    const answer = await call(this.base, method, path, options)
    this.#inspect(`${method} ${path.replace(/[a-z]{3}_\w{26}/, ':id')}`, answer, startedAtMs)
    return answer
  }

  #inspect(request: string, answer: Answer, startedAtMs: number): void {
    const { status, json, contentType, text } = answer
    if (status === 500) this.faults.push(`${request} was answered ${text}`)
    if (status === 503) {
      this.unavailable += 1
      const isProblem = contentType?.startsWith('application/problem+json') && typeof json.code === 'string'
      const isOAuth = json.error === 'temporarily_unavailable' && request.includes('/oauth/')
      if (!isProblem && !isOAuth) this.faults.push(`${request} was answered a bare 503: ${text}`)
    }
    const isLetIn = status >= 200 && status < 400
    if (isLetIn && this.lapsedAtMs !== null && startedAtMs >= this.lapsedAtMs) {
      this.faults.push(`${request} was let in after the lease had lapsed`)
    }
    if (!isUnsure(answer)) this.#count()
  }

  #count(): void {
    this.acknowledged += 1
    if (this.#awaited === null || this.acknowledged < this.#awaited.count) return
    this.#awaited.resolve()
    this.#awaited = null
  }

  /** Resolves when so many more requests have been answered. */
  answered(more: number): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited = { count: this.acknowledged + more, resolve }
    })
  }

  /** Resolves when the next link has come by mail, which takes a server that is not killed before it sends any. */
  linked(): Promise<void> {
    return new Promise((resolve) => {
      this.#linked = resolve
    })
  }

  noteLink(): void {
    this.#linked?.()
  }

  /** For an answer that the load did not expect. */
  unexpected(what: string, { status, text }: Answer): void {
    if (status !== 500) this.faults.push(`${what}: ${status} ${text}`)
  }
}
