/** Levels that a server starts with. */
import type { AssurancePolicy, Store } from '@countersign/core'
import type { AssuranceLevel } from '@countersign/protocol'
import type { Bench } from './bench.ts'
import { change, makeEvent } from './given.ts'

export function recordAssurance(
  { store }: Bench,
  everyone: AssuranceLevel | null,
  roles: AssurancePolicy['roles'] = {},
): ReturnType<Store['recordAssurance']> {
  const listed = Object.entries(roles).map(([role, level]) => `${role}=${level}`)
  const details = { everyone: everyone ?? 'off', roles: listed.join(' ') }
  return store.recordAssurance({
    ...change(),
    assurance: { everyone, roles },
    issuer: 'https://auth.example.com',
    audit: makeEvent({ type: 'assurance.changed', details }),
  })
}
