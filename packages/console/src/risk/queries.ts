/** What the risk page asks the authority. */
import type { RiskPolicyShape } from '@countersign/protocol'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { client } from '../api/client.ts'
import { withNames } from '../api/principal-names.ts'

const PAGE = 30

export interface AnomalyFilter {
  readonly rule?: string
  readonly action?: string
  readonly target?: string
}

export const anomaliesQuery = (filter: AnomalyFilter) =>
  infiniteQueryOptions({
    queryKey: ['anomalies', filter],
    queryFn: ({ pageParam }) =>
      withNames(client.risk.anomalies({ limit: PAGE, cursor: pageParam, ...filter }), ({ items }) =>
        items.map(({ owner }) => owner?.id),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  })

export const riskPolicyQuery = queryOptions({
  queryKey: ['risk-policy'],
  queryFn: () => client.risk.policy(),
})

/** While another policy is counted, what the one before would have done stays on the page. */
export const replayQuery = (policy: RiskPolicyShape, days: number) =>
  queryOptions({
    queryKey: ['risk-replay', days, policy],
    queryFn: () => client.risk.replay({ policy, days }),
    placeholderData: keepPreviousData,
  })
