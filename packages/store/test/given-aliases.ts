/** Names of people and sessions in sectors, for tests. */
import { createHash } from 'node:crypto'
import { type Account, type AliasedId, SECTORS_PER_ACCOUNT_MAX, toAlias } from '@countersign/core'
import type { Bench } from './bench.ts'
import { NOW } from './given.ts'

export const SECTOR = 'app.example.com'

/** Another one for each sector and node, as the root secret would make it. */
const derive = (sector: string, node: string): Uint8Array =>
  createHash('sha256').update(`${sector} ${node}`).digest().subarray(0, 16)

export const aliasOf = (node: AliasedId, sector: string = SECTOR): AliasedId =>
  toAlias(node, derive(sector, node)).alias

export interface Keeping {
  readonly nodes?: readonly AliasedId[]
  readonly sector?: string
  readonly sectorsMax?: number
}

/** Names for an account, and for what hangs under it. */
export const keepAliases = (
  { store }: Bench,
  { id }: Pick<Account, 'id'>,
  { nodes = [], sector = SECTOR, sectorsMax = SECTORS_PER_ACCOUNT_MAX }: Keeping = {},
): ReturnType<Bench['store']['keepAliases']> =>
  store.keepAliases({
    sector,
    account: id,
    aliases: [id, ...nodes].map((node) => toAlias(node, derive(sector, node))),
    sectorsMax,
    nowMs: NOW,
  })
