/**
 * What a store needs of core when it runs: what the nouns say of their own records, and the two ways in which it may fail to
 * answer. It is an entry of its own because a thread that only writes would otherwise load every door with it.
 */
export { isAliasedId, isAliasedKind } from './aliases/alias.ts'
export { OTHER_ROUTE, ROUTES_PER_HOUR_MAX } from './api-keys/usage.ts'
export { hasSecret, kindOf, signsWithSecret } from './clients/client.ts'
export { sectorOf } from './clients/sector.ts'
export { DEVICES_PER_ACCOUNT_MAX } from './devices/device.ts'
export { isRaised, raisedBy } from './factors/assurance.ts'
export { waysOf } from './factors/factor.ts'
export { isStoodFor } from './invitations/invitation.ts'
export { Overloaded, StoreUnavailable } from './ports.ts'
export { LEASE_SECONDS_MAX } from './revocations/revocation.ts'
