/** What the console asks the authority, one function each. */
import type { AuditQuery } from '@countersign/client'
import type { OverviewPeriodShape, Page } from '@countersign/protocol'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client } from './client.ts'
import { withNames } from './principal-names.ts'

const PAGE = 50
/** A key's row says and draws more than others. */
const KEYS_PAGE = 20
/** Lists that are followed while they are looked at. */
const LIVE_MS = 4_000

/** A list by pages: each is asked for with the cursor of the one before. */
function pages<T>(key: readonly unknown[], read: (cursor: string | undefined) => Promise<Page<T>>) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  })
}

export const peopleQuery = (search: string) =>
  pages(['people', search], (cursor) =>
    client.accounts.list({ limit: PAGE, cursor, ...(search !== '' && { search }) }),
  )

export const personQuery = (id: string) =>
  queryOptions({ queryKey: ['person', id], queryFn: () => client.accounts.read(id) })

export const personFactorsQuery = (id: string) =>
  queryOptions({ queryKey: ['person-factors', id], queryFn: () => client.accountFactors.list(id) })

export const personIdentitiesQuery = (id: string) =>
  queryOptions({ queryKey: ['person-identities', id], queryFn: () => client.accountIdentities.list(id) })

export const programsQuery = pages(['programs'], (cursor) =>
  client.serviceAccounts.list({ limit: PAGE, cursor }),
)

export const programQuery = (id: string) =>
  queryOptions({ queryKey: ['program', id], queryFn: () => client.serviceAccounts.read(id) })

export const rolesQuery = queryOptions({ queryKey: ['roles'], queryFn: () => client.roles.list() })

export const allKeysQuery = pages(['api-keys', 'all'], (cursor) =>
  withNames(client.apiKeys.list({ limit: KEYS_PAGE, cursor, owner: 'all' }), ({ items }) =>
    items.map(({ owner }) => owner.id),
  ),
)

export const treeQuery = (kind: 'account' | 'service_account', id: string) =>
  queryOptions({
    queryKey: ['tree', id],
    queryFn: () => (kind === 'account' ? client.trees.ofAccount(id) : client.trees.ofServiceAccount(id)),
    refetchInterval: LIVE_MS,
  })

export const signingKeysQuery = queryOptions({
  queryKey: ['signing-keys'],
  queryFn: () => client.signingKeys.list(),
  refetchInterval: 10_000,
})

const readVerifiers = () =>
  withNames(client.verifiers.list(), ({ items }) => items.map(({ principal }) => principal?.id))

export const verifiersQuery = queryOptions({
  queryKey: ['verifiers'],
  queryFn: () => readVerifiers(),
  refetchInterval: LIVE_MS,
})

/** As often as a person can see. */
const FOLLOW_MS = 300

/** Followed until everybody has applied the log up to that position. */
export const verifiersUntilQuery = (position: number) =>
  queryOptions({
    queryKey: ['verifiers', 'until', position],
    queryFn: () => readVerifiers(),
    refetchInterval: ({ state }) =>
      state.data?.items.every((one) => one.position >= position) === true ? false : FOLLOW_MS,
  })

const readEvents = (query: AuditQuery) =>
  withNames(client.audit.list(query), ({ items }) =>
    items.flatMap(({ actor, target, details }) => [
      actor.id,
      target?.id,
      ...Object.values(details).map(String),
    ]),
  )

export const auditQuery = (filter: AuditQuery) =>
  pages(['audit', filter], (cursor) => readEvents({ limit: PAGE, cursor, ...filter }))

export const latestEventsQuery = queryOptions({
  queryKey: ['audit-latest'],
  queryFn: () => readEvents({ limit: 8 }),
  refetchInterval: LIVE_MS,
})

export const overviewQuery = (period: OverviewPeriodShape) =>
  queryOptions({
    queryKey: ['overview', period],
    queryFn: () => client.overview.read(period),
    refetchInterval: 30_000,
  })

/** What the end of everything would end: how much is alive. Only for those who may do everything. */
export const aliveQuery = queryOptions({
  queryKey: ['alive'],
  queryFn: () => client.previewRevocation({ kind: 'issuer', id: client.baseUrl }),
  refetchInterval: 10_000,
})
