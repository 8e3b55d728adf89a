/** What a picture is of: one page of the server in one state, and how somebody comes to it. */
import type { Page } from 'playwright-core'
import type { House } from './house.ts'

export type Language = 'en' | 'de'

/** A window with nothing in it yet, and the authority that it may go to. */
export interface Visit {
  readonly page: Page
  readonly house: House
}

export interface State {
  /** Unique; the beginning of the file's name, and the caption. */
  readonly name: string
  /** The page's main heading, by which a wrong page is known for one. */
  readonly heading: { readonly [K in Language]: string }
  /** What is seen in this state of the page and in no other: a selector by the ids that automation may rely on. */
  readonly sees: string
  /** The languages it exists in; both where nothing is said. */
  readonly languages?: readonly Language[]
  /** The database is away, which takes seconds to be noticed, and of which the browser complains itself. */
  readonly isOutage?: boolean
  readonly arrive: (visit: Visit) => Promise<void>
}

/** All states of one page, the plainest of them first. */
export interface Sequence {
  readonly page: string
  readonly states: readonly State[]
}
