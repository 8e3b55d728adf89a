/** The part of the store's port that keeps the names of sectors. The rules of `store-port.ts` hold here as well. */
import type { AccountId } from '@countersign/protocol'
import type { Alias, AliasedId } from './aliases/alias.ts'

export interface AliasStore {
  /** The names of these nodes in the sector; a node that it was not told of is missing. */
  readAliases(sector: string, nodes: readonly AliasedId[]): Promise<ReadonlyMap<string, AliasedId>>
  /**
   * Keeps the names under which a sector is about to be told of these nodes, and answers those that hold: one that was
   * kept before stays as it is. Takes the log's lock, so that whatever is appended for one of the nodes is appended
   * before this, or for its name as well. `full`: the account is known in `sectorsMax` sectors, and this is another.
   */
  keepAliases(input: {
    sector: string
    account: AccountId
    aliases: readonly Alias[]
    sectorsMax: number
    nowMs: number
  }): Promise<ReadonlyMap<string, AliasedId> | 'full'>
  /** The nodes behind these names in one sector, or in any where that is null; what is no name is missing. */
  resolveAliases(names: readonly AliasedId[], sector: string | null): Promise<ReadonlyMap<string, AliasedId>>
}
