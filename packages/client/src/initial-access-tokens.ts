/** Tokens that clients may register themselves with (RFC 7591 §1.2). */
import type { InitialAccessTokenPage, InitialAccessTokenShape, Secret } from '@countersign/protocol'
import { parseAnswer, parseSecretAnswer } from './answers.ts'
import type { PageQuery } from './api-keys.ts'
import type { Call } from './caller.ts'

export interface InitialAccessTokenInput {
  /** What it is called for people. */
  readonly name: string
  /** How many clients may register with it; 1 by default. */
  readonly usesMax?: number | undefined
  /** A day by default. */
  readonly expiresInSeconds?: number | undefined
}

/** The only time that the secret is shown. */
export interface InitialAccessTokenWithSecret {
  readonly initial_access_token: InitialAccessTokenShape
  readonly secret: Secret
}

export interface InitialAccessTokens {
  /** With whether clients may register themselves now; where they may not, tokens are kept and let nobody in. */
  list(query?: PageQuery): Promise<InitialAccessTokenPage>
  create(input: InitialAccessTokenInput): Promise<InitialAccessTokenWithSecret>
  /** Nothing registers with it from then on; clients that have, stay. */
  end(id: string): Promise<void>
}

export function createInitialAccessTokens(call: Call): InitialAccessTokens {
  const path = '/v1/initial-access-tokens'
  return {
    list: async (query = {}) =>
      parseAnswer(await call({ method: 'GET', path, query: { ...query } }), 'items'),
    create: async ({ name, usesMax, expiresInSeconds }) => {
      const json = { name, uses_max: usesMax, expires_in: expiresInSeconds }
      return parseSecretAnswer(await call({ method: 'POST', path, json }), 'initial_access_token', 'secret')
    },
    end: async (id) => {
      await call({ method: 'DELETE', path: `${path}/${encodeURIComponent(id)}` })
    },
  }
}
