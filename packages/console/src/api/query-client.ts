/** How answers are kept: for moments, since another window or another person may change what they say. */
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { isSignedOut } from './problems.ts'

const FRESH_MS = 5_000

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // Whichever answer says it first: the page asks who is here, and finds nobody.
      if (isSignedOut(error) && query.queryKey[0] !== 'me')
        void queryClient.resetQueries({ queryKey: ['me'] })
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // The client has tried again where that can help.
      retry: false,
    },
    mutations: {
      // Without a network it fails at once. Kept for later, a change would be made when nobody expects it any more.
      networkMode: 'always',
    },
  },
})
