/** What principals are called whose ids a list shows: asked for together, whoever asks for them in one turn. */
import {
  allows,
  isAccountId,
  isPrincipalId,
  permissions as own,
  type Permission,
  type PrincipalNameShape,
} from '@countersign/protocol'
import { queryOptions } from '@tanstack/react-query'
import DataLoader from 'dataloader'
import { meQuery } from './account-queries.ts'
import { client } from './client.ts'
import { queryClient } from './query-client.ts'

/** As many as the authority answers at once. */
const AT_ONCE_MAX = 100
const FRESH_MS = 60_000

const names = new DataLoader<string, PrincipalNameShape['name'] | null>(
  async (ids) => {
    const known = new Map((await client.principalNames.list(ids)).map(({ id, name }) => [id, name]))
    return ids.map((id) => known.get(id) ?? null)
  },
  // What has been read is kept by the queries, which know how old it is.
  { cache: false, maxBatchSize: AT_ONCE_MAX, batchScheduleFn: (load) => setTimeout(load) },
)

/** Null for one that is unknown or has ended. */
export const principalNameQuery = (id: string) =>
  queryOptions({ queryKey: ['principal-name', id], queryFn: () => names.load(id), staleTime: FRESH_MS })

/** Who is told the name of a principal, and has its page. */
export const toReadPrincipal = (id: string): Permission =>
  isAccountId(id) ? own.accountsRead : own.serviceAccountsRead

/**
 * An answer once those have their names whom it names by id: a name that came after the rest would take another room than
 * the id, and move what stands below it. Where there is no name to be had the answer comes without.
 */
export async function withNames<T>(
  answer: Promise<T>,
  idsOf: (answer: T) => readonly (string | null | undefined)[],
): Promise<T> {
  const found = await answer
  const held = queryClient.getQueryData(meQuery.queryKey)?.permissions ?? []
  const ids = idsOf(found).filter(
    (id) => typeof id === 'string' && isPrincipalId(id) && allows(held, toReadPrincipal(id)),
  )
  await Promise.allSettled(ids.map((id) => queryClient.ensureQueryData(principalNameQuery(String(id)))))
  return found
}
