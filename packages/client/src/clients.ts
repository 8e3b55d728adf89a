/** OAuth clients: list, register, read, change, give a new secret, end. */
import type {
  ChangeClientRequest,
  ClientShape,
  CreateClientRequest,
  Page,
  Secret,
} from '@countersign/protocol'
import { parseAnswer, parseSecretAnswer } from './answers.ts'
import type { PageQuery } from './api-keys.ts'
import type { Call } from './caller.ts'

/** The only time that the secret is shown; null for clients that authenticate without one. */
export interface ClientWithSecret {
  readonly client: ClientShape
  readonly client_secret: Secret | null
}

export interface ClientsQuery extends PageQuery {
  /** A text in the id or the name. */
  readonly search?: string | undefined
}

export interface Clients {
  list(query?: ClientsQuery): Promise<Page<ClientShape>>
  create(request: CreateClientRequest): Promise<ClientWithSecret>
  read(id: string): Promise<ClientShape>
  change(id: string, change: ChangeClientRequest): Promise<ClientShape>
  end(id: string): Promise<void>
  /** Gives a new secret; the old one works for `overlapSeconds` more, a day where nothing is said. */
  rotateSecret(id: string, overlapSeconds?: number): Promise<ClientWithSecret>
}

const PATH = '/v1/clients'

export function createClients(call: Call): Clients {
  const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`
  const toClient = (body: unknown): ClientShape => parseAnswer<{ client: ClientShape }>(body, 'client').client
  return {
    list: async (query = {}) =>
      parseAnswer(await call({ method: 'GET', path: PATH, query: { ...query } }), 'items'),
    create: async (request) =>
      parseSecretAnswer(await call({ method: 'POST', path: PATH, json: request }), 'client', 'client_secret'),
    read: async (id) => toClient(await call({ method: 'GET', path: pathOf(id) })),
    change: async (id, change) => toClient(await call({ method: 'PATCH', path: pathOf(id), json: change })),
    end: async (id) => {
      await call({ method: 'DELETE', path: pathOf(id) })
    },
    rotateSecret: async (id, overlapSeconds) => {
      const json = { overlap_seconds: overlapSeconds }
      const body = await call({ method: 'POST', path: `${pathOf(id)}/rotate-secret`, json })
      return parseSecretAnswer(body, 'client', 'client_secret')
    },
  }
}
