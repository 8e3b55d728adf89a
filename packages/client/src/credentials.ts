/** What is done with credentials themselves: exchange, refresh, verify, revoke. */
import {
  type ExplanationResponse,
  FIRST_PARTY_CLIENT,
  type RevocationTarget,
  type RevokeDryRunResponse,
  type RevokeResponse,
  type Secret,
  type VerifyResponse,
} from '@countersign/protocol'
import { parseAnswer, parseSecretAnswer, type TokenAnswer } from './answers.ts'
import type { Call } from './caller.ts'
import { type Tokens, toSecret } from './credential.ts'
import type { Keeper, RefreshCall } from './keeper.ts'

export interface ExchangeInput {
  /** The client's own key by default. */
  readonly apiKey?: Secret | string | undefined
  /** Asks for less than the key holds. */
  readonly permissions?: readonly string[] | undefined
  readonly audience?: string | undefined
}

export interface VerifyInput {
  readonly credential: Secret | string
  readonly permissions?: readonly string[] | undefined
  readonly audience?: string | undefined
}

export interface ExplainInput extends VerifyInput {
  /** The address that it would be used from. */
  readonly address?: string | undefined
}

export type RevokeTarget =
  | Exclude<RevocationTarget, { kind: 'credential' }>
  | { readonly kind: 'credential'; readonly credential: Secret | string }

export interface RevokeInput {
  readonly target: RevokeTarget
  readonly reason?: string | undefined
  /** How long the answer may wait for every verifier to confirm; at most 60,000. */
  readonly waitMs?: number | undefined
}

export interface Credentials {
  /** Trades an API key for an access token that holds at most what the key holds (RFC 8693). */
  exchangeApiKey(input?: ExchangeInput): Promise<TokenAnswer>
  /** Gets a new pair now; by itself the client does so shortly before the access token expires. */
  refresh(): Promise<Tokens>
  /** Ends one's own credentials, or others' where allowed, and tells how far that has got. */
  revoke(input: RevokeInput): Promise<RevokeResponse>
  /** How far a revocation has got since; needs `revocations:write`. */
  followRevocation(id: string): Promise<Omit<RevokeResponse, 'ended'>>
  /** What a revocation would end. Changes nothing. */
  previewRevocation(target: RevokeTarget): Promise<RevokeDryRunResponse>
  /** A credential held against every check, in order, and how to mend it; needs `decisions:read`. Nothing of it is kept. */
  explain(input: ExplainInput): Promise<ExplanationResponse['explanation']>
  /** The authority's verdict about somebody's credential; needs `credentials:verify`. */
  verify(input: VerifyInput): Promise<VerifyResponse>
}

const REVOCATIONS = '/v1/revocations'

export function createCredentials(call: Call, keeper: Keeper): Credentials {
  return {
    exchangeApiKey: async (input = {}) => {
      const form = toExchangeForm(
        input,
        input.apiKey === undefined ? ownApiKey(keeper) : toSecret(input.apiKey),
      )
      return parseTokenAnswer(await call({ ...tokenCall, form, idempotent: true }))
    },
    refresh: () => keeper.refresh(),
    revoke: async ({ target, reason, waitMs = 0 }) => {
      const json = { target: toWire(target), reason, wait_ms: waitMs }
      return parseAnswer(
        await call({ method: 'POST', path: REVOCATIONS, json, waitMs }),
        'id',
        'position',
        'confirmed',
      )
    },
    followRevocation: async (id) =>
      parseAnswer(
        await call({ method: 'GET', path: `${REVOCATIONS}/${encodeURIComponent(id)}` }),
        'id',
        'confirmed',
      ),
    previewRevocation: async (target) => {
      const json = { target: toWire(target), dry_run: true }
      return parseAnswer(await call({ method: 'POST', path: REVOCATIONS, json, idempotent: true }), 'ended')
    },
    explain: async ({ credential, ...rest }) => {
      const json = { ...rest, credential: toSecret(credential).reveal() }
      const body = await call({ method: 'POST', path: '/v1/explanations', json, idempotent: true })
      return parseAnswer<ExplanationResponse>(body, 'explanation').explanation
    },
    verify: async ({ credential, ...rest }) => {
      const json = { ...rest, credential: toSecret(credential).reveal() }
      return parseAnswer(await call({ method: 'POST', path: '/v1/verify', json, idempotent: true }), 'active')
    },
  }
}

/** Bodies carry credentials where they must, URLs never; the token endpoint takes nothing from the header. */
const tokenCall = { method: 'POST', path: '/oauth/token', anonymous: 'without_cookies' } as const

function ownApiKey(keeper: Keeper): Secret {
  const held = keeper.held()
  if (held.kind !== 'api_key') throw new TypeError('This client holds no API key to exchange.')
  return held.secret
}

function toExchangeForm(input: ExchangeInput, key: Secret): Record<string, string | undefined> {
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:countersign:params:oauth:token-type:api-key',
    subject_token: key.reveal(),
    scope: input.permissions?.join(' '),
    audience: input.audience,
  }
}

/** `JSON.stringify` of a Secret gives `[redacted]`, so it is revealed here on purpose. */
function toWire(target: RevokeTarget): RevocationTarget {
  if (target.kind !== 'credential') return target
  return { kind: 'credential', credential: toSecret(target.credential).reveal() }
}

function parseTokenAnswer(body: unknown): TokenAnswer {
  return parseSecretAnswer(body, 'access_token', 'expires_in')
}

/**
 * Refreshing as the authority's own application. It is sent again after a broken connection: within its
 * grace the authority answers a retry with the same successor.
 */
export function createRefreshCall(anonymousCall: Call): RefreshCall {
  return async (refreshToken) => {
    const form = {
      grant_type: 'refresh_token',
      client_id: FIRST_PARTY_CLIENT,
      refresh_token: refreshToken?.reveal(),
    }
    const anonymous = refreshToken === null ? 'with_cookies' : 'without_cookies'
    return parseTokenAnswer(await anonymousCall({ ...tokenCall, form, anonymous, idempotent: true }))
  }
}
