/** API keys: create, list, read, change, rotate, end. */
import type {
  ApiKeyShape,
  ApiKeyUsageShape,
  ChangeApiKeyRequest,
  CreateApiKeyRequest,
  Page,
} from '@countersign/protocol'
import { type ApiKeyWithSecret, parseAnswer, parseSecretAnswer } from './answers.ts'
import type { Call } from './caller.ts'

export interface PageQuery {
  readonly limit?: number | undefined
  /** `next_cursor` of the page before. */
  readonly cursor?: string | undefined
}

export interface ApiKeysQuery extends PageQuery {
  /** Another principal's keys, or `all`, for those who may; one's own by default. */
  readonly owner?: string | undefined
}

export interface ApiKeys {
  list(query?: ApiKeysQuery): Promise<Page<ApiKeyShape>>
  /** The answer is the only one that ever holds the secret. */
  create(request: CreateApiKeyRequest): Promise<ApiKeyWithSecret>
  read(id: string): Promise<ApiKeyShape>
  change(id: string, change: ChangeApiKeyRequest): Promise<ApiKeyShape>
  end(id: string): Promise<void>
  /** Gives a new secret; the old one works for `overlapSeconds` more, a day where nothing is said. */
  rotate(id: string, overlapSeconds?: number): Promise<ApiKeyWithSecret>
  /** Which requests it made, by hour and route, the newest hour first; also for a key that has ended. */
  usage(id: string, query?: PageQuery): Promise<Page<ApiKeyUsageShape>>
}

const PATH = '/v1/api-keys'

export function createApiKeys(call: Call): ApiKeys {
  const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`
  const toKey = (body: unknown): ApiKeyShape => parseAnswer<{ api_key: ApiKeyShape }>(body, 'api_key').api_key
  return {
    list: async (query = {}) =>
      parseAnswer(await call({ method: 'GET', path: PATH, query: { ...query } }), 'items'),
    create: async (request) =>
      parseSecretAnswer(await call({ method: 'POST', path: PATH, json: request }), 'api_key', 'secret'),
    read: async (id) => toKey(await call({ method: 'GET', path: pathOf(id) })),
    change: async (id, change) => toKey(await call({ method: 'PATCH', path: pathOf(id), json: change })),
    end: async (id) => {
      await call({ method: 'DELETE', path: pathOf(id) })
    },
    rotate: async (id, overlapSeconds) => {
      const json = { overlap_seconds: overlapSeconds }
      const body = await call({ method: 'POST', path: `${pathOf(id)}/rotate`, json })
      return parseSecretAnswer(body, 'api_key', 'secret')
    },
    usage: async (id, query = {}) =>
      parseAnswer(await call({ method: 'GET', path: `${pathOf(id)}/usage`, query: { ...query } }), 'items'),
  }
}
