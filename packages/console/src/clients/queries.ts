/** What the pages about OAuth clients ask the authority. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client } from '../api/client.ts'

const PAGE = 50

export const clientsQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: ['clients', search],
    queryFn: ({ pageParam }) =>
      client.clients.list({ limit: PAGE, cursor: pageParam, ...(search !== '' && { search }) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  })

export const clientQuery = (id: string) =>
  queryOptions({ queryKey: ['client', id], queryFn: () => client.clients.read(id) })
