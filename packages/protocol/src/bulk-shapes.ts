/** One thing done to many at once. */
export type BulkActionShape = 'end' | 'disable' | 'enable'
export interface BulkRequest {
  action: BulkActionShape
  /** At most 100; whoever has more sends more requests. */
  ids: string[]
  /** Tells what would happen, and changes nothing. */
  dry_run?: boolean | undefined
}
export interface BulkItemShape {
  id: string
  /** `ready`: nothing stands in the way of a dry run. `unchanged`: it is so already. `own`: the caller stands on it. */
  outcome: 'done' | 'ready' | 'unchanged' | 'own' | 'refused'
  code: string | null
  ends: { sessions: number; grants: number; api_keys: number } | null
}
export interface BulkResponse {
  items: BulkItemShape[]
}
