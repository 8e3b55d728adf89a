/** What goes to the estimator's thread and what comes back. */

export interface ToEstimator {
  readonly id: number
  readonly text: string
  /** What everybody knows about the person and the service. */
  readonly words: readonly string[]
}

export interface FromEstimator {
  readonly id: number
  readonly score: number
  /** Names of zxcvbn's warnings and suggestions; no word of the password stands in them. */
  readonly warning: string | null
  readonly suggestions: readonly string[]
}
