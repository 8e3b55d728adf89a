/** The services that people may sign in with: each is opened on its first use, since most starts have none. */
import type { Clock } from '@countersign/core'
import type { Outbound } from '../outbound/ports.ts'
import type { ProviderClient } from './client.ts'
import type { Providers } from './ports.ts'
import { type Provider, type ProviderSetting, toProvider } from './spec.ts'

export interface ProviderParts {
  readonly issuer: string
  readonly outbound: Outbound
  readonly clock: Clock
}

/** Where a service sends people back to; one for each, so that no answer of one is taken for another's. */
export const callbackOf = (issuer: string, id: string): string => `${issuer}/login/provider/${id}/callback`

export function createProviders(settings: readonly ProviderSetting[], parts: ProviderParts): Providers {
  const known = new Map(settings.map((setting) => [setting.id, toProvider(setting)]))
  const clients = new Map<string, Promise<ProviderClient>>()
  const clientOf = (id: string): Promise<ProviderClient> => {
    const provider = known.get(id)
    if (provider === undefined) throw new Error('There is no such provider.')
    const client = clients.get(id) ?? open(provider, parts)
    clients.set(id, client)
    return client
  }
  return {
    names: settings.map(({ id, name }) => ({ id, name })),
    async authorizationUrl(attempt, state) {
      return (await clientOf(attempt.provider)).authorizationUrl(attempt, state)
    },
    async redeem(attempt, answer, state) {
      return (await clientOf(attempt.provider)).redeem(attempt, answer, state)
    },
  }
}

async function open(provider: Provider, { issuer, outbound, clock }: ProviderParts): Promise<ProviderClient> {
  const { createProviderClient } = await import('./client.ts')
  return createProviderClient(provider, { outbound, clock, redirectUri: callbackOf(issuer, provider.id) })
}
