/** What the account pages ask the authority, one function each, so that every page shares the answers. */
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { client } from './client.ts'

export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => client.me(), staleTime: 60_000 })

export const mySessionsQuery = queryOptions({
  queryKey: ['my-sessions'],
  queryFn: () => client.sessions.list(),
  refetchInterval: 20_000,
})

export const myFactorsQuery = queryOptions({
  queryKey: ['my-factors'],
  queryFn: () => client.factors.list(),
})

export const myIdentitiesQuery = queryOptions({
  queryKey: ['my-identities'],
  queryFn: () => client.identities.list(),
})

export const apiKeysQuery = (owner?: string) =>
  queryOptions({
    queryKey: ['api-keys', owner ?? 'mine'],
    queryFn: () => client.apiKeys.list({ limit: 200, ...(owner !== undefined && { owner }) }),
  })

/** Hours of 14 days on a few routes; a key that is used on many shows its latest days. */
export const apiKeyUsageQuery = (id: string) =>
  queryOptions({
    queryKey: ['api-key-usage', id],
    queryFn: () => client.apiKeys.usage(id, { limit: 200 }),
    staleTime: 60_000,
  })

/** After a sign-out nothing of the one who was here may be left. */
export function forgetEverything(queryClient: QueryClient): void {
  queryClient.clear()
}
