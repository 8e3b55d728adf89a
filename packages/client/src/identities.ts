/** The accounts elsewhere that people sign in with: one's own, to connect and to disconnect, and those of others. */
import type {
  ConnectIdentityResponse,
  IdentitiesResponse,
  OwnIdentitiesResponse,
} from '@countersign/protocol'
import { parseAnswer } from './answers.ts'
import type { Call } from './caller.ts'

export interface OwnIdentities {
  readonly identities: {
    /** With the services that can be connected. */
    list(): Promise<OwnIdentitiesResponse>
    /**
     * Says where this browser has to go to connect one; it comes back to `/account/security`. Wants a step-up that is
     * recent.
     */
    connect(provider: string): Promise<ConnectIdentityResponse>
    /** It opens the account no more. Refused where nothing else would. Wants a step-up that is recent. */
    remove(id: string): Promise<void>
  }
}

/** Those of others: seen, and removed when their owner has lost the account elsewhere. */
export interface AccountIdentities {
  list(account: string): Promise<IdentitiesResponse>
  remove(account: string, id: string): Promise<void>
}

const OWN = '/v1/me/identities'

export function createOwnIdentities(call: Call): OwnIdentities {
  return {
    identities: {
      list: async () => parseAnswer(await call({ method: 'GET', path: OWN }), 'items', 'providers'),
      connect: async (provider) =>
        parseAnswer(await call({ method: 'POST', path: OWN, json: { provider } }), 'authorization_url'),
      remove: async (id) => {
        await call({ method: 'DELETE', path: `${OWN}/${encodeURIComponent(id)}` })
      },
    },
  }
}

export function createAccountIdentities(call: Call): AccountIdentities {
  const pathOf = (account: string): string => `/v1/accounts/${encodeURIComponent(account)}/identities`
  return {
    list: async (account) => parseAnswer(await call({ method: 'GET', path: pathOf(account) }), 'items'),
    remove: async (account, id) => {
      await call({ method: 'DELETE', path: `${pathOf(account)}/${encodeURIComponent(id)}` })
    },
  }
}
