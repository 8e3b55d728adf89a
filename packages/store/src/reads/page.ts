/** Pages of lists: ordered by id, newest first, each beginning after the last id of the page before. */
import type { PageRequest } from '@countersign/core'

/** Sorts after every id: a prefix is three letters and an underscore, in any collation before `zzzz`. */
const AFTER_ALL = 'zzzz'

export const pageStart = (page: Pick<PageRequest, 'after'>): string => page.after ?? AFTER_ALL
