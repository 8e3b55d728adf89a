/** Who looks at the page, known to everything inside the frame. */
import type { MeResponse } from '@countersign/protocol'
import { allows, type Permission, permissions } from '@countersign/protocol'
import { createContext, useContext } from 'react'

export const MeContext = createContext<MeResponse | null>(null)

export function useMe(): MeResponse {
  const me = useContext(MeContext)
  if (me === null) throw new Error('Only pages behind the sign-in know who looks at them.')
  return me
}

/** Whether the person may do this. What they may not do is not offered; the authority decides in any case. */
export function useMay(): (permission: Permission) => boolean {
  const me = useMe()
  return (permission) => allows(me.permissions, permission)
}

/** Whether they may take ways in from that person. Not from themselves: that would lead around the step-up. */
export function useMayChangeWaysIn(account: string): boolean {
  const me = useMe()
  return allows(me.permissions, permissions.accountsWrite) && me.principal.id !== account
}

const CONSOLE_PERMISSIONS = [
  permissions.accountsRead,
  permissions.serviceAccountsRead,
  permissions.clientsRead,
  permissions.rolesRead,
  permissions.apiKeysRead,
  permissions.signingKeysRead,
  permissions.auditRead,
  permissions.overviewRead,
  permissions.settingsRead,
  permissions.decisionsRead,
]

/** The console is worth a way to it for whoever may look at any of its sections. */
export const mayUseConsole = (me: MeResponse): boolean =>
  CONSOLE_PERMISSIONS.some((permission) => allows(me.permissions, permission))
