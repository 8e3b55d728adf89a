/**
 * Parts of verdicts that thousands of tokens have in common: scope, audience, and the nodes that stand over
 * many. Each is made once, frozen, and shared, which saves both time and memory.
 */
import { isPermission, type PathNode, type Permission } from '@countersign/protocol'

/** The permissions of a `scope` (RFC 6749 §3.3: separated by one space each), or null when one is none. */
export const parseScope: (scope: string) => readonly Permission[] | null = share((scope) => {
  const permissions = scope === '' ? [] : scope.split(' ')
  return permissions.every(isPermission) ? Object.freeze(permissions) : null
})

export const toAudiences: (aud: string) => readonly string[] = share((aud) => Object.freeze([aud]))

export const toIssuerNode: (id: string) => PathNode = share((id) => Object.freeze({ kind: 'issuer', id }))
export const toKeyNode: (id: string) => PathNode = share((id) => Object.freeze({ kind: 'signing_key', id }))
export const toClientNode: (id: string) => PathNode = share((id) => Object.freeze({ kind: 'client', id }))
export const toRoleNode: (id: string) => PathNode = share((id) => Object.freeze({ kind: 'role', id }))

const SHARED_MAX = 1_000

/** Makes a thing once for each text, and forgets all of them when there are too many. */
function share<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>()
  return (text) => {
    const known = made.get(text)
    if (known !== undefined) return known
    if (made.size >= SHARED_MAX) made.clear()
    const thing = make(text)
    made.set(text, thing)
    return thing
  }
}
