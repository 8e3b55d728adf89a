/** Who presented a credential, with a signal that is made when somebody first asks for it. */
import type { Verdict } from './verdict.ts'
import type { Principal } from './verifier-types.ts'

export class WatchedPrincipal implements Principal {
  readonly kind: Principal['kind']
  readonly id: string
  readonly #watch: () => AbortSignal
  #ended: AbortSignal | null = null

  constructor({ kind, id }: Verdict['principal'], watch: () => AbortSignal) {
    this.kind = kind
    this.id = id
    this.#watch = watch
  }

  /** A new one after a lapse, when the credential turned out to be good after all. */
  get ended(): AbortSignal {
    if (this.#ended === null || this.#ended.aborted) this.#ended = this.#watch()
    return this.#ended
  }
}
