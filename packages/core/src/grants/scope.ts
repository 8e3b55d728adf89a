/** Scope as OAuth spells it: permissions separated by single spaces (RFC 6749 §3.3). */
import { isPermission, PERMISSIONS_MAX, type Permission } from '@countersign/protocol'

/** Null where the text is no list of permissions. An absent scope is the caller's to decide. */
export function parseScope(text: string): readonly Permission[] | null {
  const words = text.split(' ')
  if (words.length > PERMISSIONS_MAX || !words.every(isPermission)) return null
  return [...new Set(words)]
}

export const toScope = (permissions: readonly Permission[]): string => permissions.join(' ')
