/** Names of nodes in sectors. */
import type { Statement } from '../script.ts'

/** In the order of the names, which says nothing about who came when. */
export const selectAliasesOfNode: Statement = {
  name: 'select_aliases_of_node',
  text: 'select alias from aliases where node_id = $1 order by alias',
}

export const selectAlias: Statement = {
  name: 'select_alias',
  text: 'select alias from aliases where node_id = $1 and sector = $2',
}

export const countSectors: Statement = {
  name: 'count_sectors',
  text: 'select count(*) as sectors from aliases where node_id = $1',
}

export const insertAlias: Statement = {
  name: 'insert_alias',
  text: 'insert into aliases (node_id, sector, alias, created_at) values ($1, $2, $3, $4)',
}

/** The names of one look-up; a caller with fewer repeats one. */
export const NAMES_PER_READ = 50

export const selectNodesOfAliases: Statement = {
  name: 'select_nodes_of_aliases',
  text: `select alias, node_id, sector from aliases
    where alias in (${Array.from({ length: NAMES_PER_READ }, (_, index) => `$${index + 1}`).join(', ')})`,
}
