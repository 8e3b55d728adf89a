/**
 * Breaks of the lease protocol, one at a time, each of which the checker has to find. `find` stands exactly once
 * in its file; a change of the code that moves it has to bring its mutation along.
 */

export interface Edit {
  /** Below `packages/`. */
  readonly file: string
  readonly find: string
  readonly put: string
}

export interface Mutation {
  readonly name: string
  /** Of the lease protocol. */
  readonly rule: number
  readonly edits: readonly Edit[]
  /** What goes wrong in the histories that look for it. */
  readonly faults: readonly string[]
  /** How many nodes, where two are too many. */
  readonly nodes?: number
  /** The first history, where the earlier ones show something else of it, or nothing. */
  readonly seed?: number
  /** What the checker has to say. */
  readonly found: RegExp
}

export const inVerifier = (file: string, find: string, put: string): Edit => ({
  file: `verifier/src/${file}`,
  find,
  put,
})
export const inFeed = (file: string, find: string, put: string): Edit => ({
  file: `server/src/feed/${file}`,
  find,
  put,
})

export const ACCEPTED: RegExp = /^accepted after (?:confirmed|the lease)/m
export const REFUSED: RegExp = /^refused though good/m
