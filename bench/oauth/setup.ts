/** What both sides are given: two clients, one person, one audience, and the words that the two processes exchange. */
import { type Figures, textOf } from '../server/child.ts'

export const AUDIENCE = 'https://api.example.com'
export const REDIRECT = 'https://app.example.com/callback'
export const SCOPE = 'openid offline_access'
export const PASSWORD = 'seven quiet otters by the lake'
export const PERSON = 'ada@example.com'

/** How one side is called. */
export interface Side {
  readonly port: number
  readonly authorizePath: string
  readonly tokenPath: string
  readonly introspectPath: string
  /** HTTP Basic, of the client that has the grants `client_credentials`, and of the one that people sign in to. */
  readonly service: string
  readonly web: string
  readonly webId: string
  /** The form of `client_credentials`. */
  readonly serviceForm: string
  /** Somebody's browser after sign-in and consent. */
  readonly cookie: string
}

export const toBasic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`

/** Both children say `side` in this form. */
export const toFigures = (side: Side): Figures => ({ side: JSON.stringify(side) })
export const readSide = (figures: Figures): Side => JSON.parse(textOf(figures, 'side'))
