/** What a person is told about themselves, on the wire. */

import type { ConsentShape } from './client-shapes.ts'
import type { FactorShape } from './factor-shapes.ts'
import type { IdentityShape } from './identity-shapes.ts'
import type {
  AccountDetailShape,
  ApiKeyShape,
  DeviceShape,
  GrantShape,
  SessionDetailShape,
} from './shapes.ts'

export interface OwnAccountResponse {
  account: AccountDetailShape
}

export interface ChangeOwnAccountRequest {
  /** Null takes it away. */
  name: string | null
}

/** One thing that the person did, or that was done to their account. */
export interface ActivityShape {
  id: string
  at: string
  /** As in the audit log, such as `session.opened`. */
  type: string
  outcome: 'success' | 'refused' | 'failed'
  by: 'you' | 'administrator' | 'somebody' | 'system'
  /** From where, unless an administrator did it. */
  address: string | null
  /** The session in which it was done. */
  session: string | null
  details: Record<string, string | number | boolean | null>
}

export interface OwnDataResponse {
  exported_at: string
  account: AccountDetailShape
  sessions: SessionDetailShape[]
  devices: DeviceShape[]
  identities: IdentityShape[]
  factors: FactorShape[]
  recovery_codes_left: number
  consents: ConsentShape[]
  grants: GrantShape[]
  api_keys: ApiKeyShape[]
  /** The newest thousand. */
  activity: ActivityShape[]
  /** Where and with what the account was signed in to, as far as it is remembered. */
  habits: {
    sign_ins: number
    seen: {
      kind: 'network' | 'provider' | 'country' | 'place' | 'device' | 'agent'
      what: string
      first_at: string
      last_at: string
    }[]
  } | null
}
