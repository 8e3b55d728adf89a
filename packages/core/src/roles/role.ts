/** A named set of permissions, held by accounts and service accounts alike. */
import type { Permission, RoleId } from '@countersign/protocol'

export interface Role {
  readonly id: RoleId
  readonly description: string | null
  readonly permissions: readonly Permission[]
  /** Built-in roles exist from the start and cannot be ended; `administrator` cannot be changed either. */
  readonly builtIn: boolean
  readonly createdAtMs: number
}
