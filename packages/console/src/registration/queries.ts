/** What the page about initial access tokens asks the authority. */
import type { InitialAccessTokenPage } from '@countersign/protocol'
import { infiniteQueryOptions } from '@tanstack/react-query'
import { client } from '../api/client.ts'

const PAGE = 50

export const TOKENS = ['initial-access-tokens'] as const

export const tokensQuery = infiniteQueryOptions({
  queryKey: TOKENS,
  queryFn: ({ pageParam }): Promise<InitialAccessTokenPage> =>
    client.initialAccessTokens.list({ limit: PAGE, cursor: pageParam }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
})
