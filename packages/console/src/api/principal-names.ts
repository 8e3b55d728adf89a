/** What principals are called whose ids a list shows: asked for together, whoever asks for them in one turn. */
import type { PrincipalNameShape } from '@countersign/protocol'
import { queryOptions } from '@tanstack/react-query'
import DataLoader from 'dataloader'
import { client } from './client.ts'

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
