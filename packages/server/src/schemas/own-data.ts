/** What a person is told about themselves, on the wire. */
import type {
  ActivityShape,
  ChangeOwnAccountRequest,
  OwnAccountResponse,
  OwnDataResponse,
} from '@countersign/protocol'
import { z } from 'zod'
import { apiKeySchema } from './api-keys.ts'
import { nameSchema, timeSchema } from './common.ts'
import { consentSchema } from './consents.ts'
import { grantSchema } from './credential-tree.ts'
import { deviceSchema } from './devices.ts'
import { factorSchema } from './factors.ts'
import { identitySchema } from './identities.ts'
import { accountDetailSchema } from './principals.ts'
import { sessionDetailSchema } from './sessions.ts'

export const ownAccountSchema: z.ZodType<OwnAccountResponse> = z.object({ account: accountDetailSchema })

export const changeOwnAccountSchema: z.ZodType<ChangeOwnAccountRequest> = z.strictObject({
  name: nameSchema.nullable(),
})

export const activitySchema: z.ZodType<ActivityShape> = z.object({
  id: z.string(),
  at: timeSchema,
  type: z.string(),
  outcome: z.enum(['success', 'refused', 'failed']),
  by: z.enum(['you', 'administrator', 'somebody', 'system']),
  address: z.string().nullable(),
  session: z.string().nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})

export const ownDataSchema: z.ZodType<OwnDataResponse> = z.object({
  exported_at: timeSchema,
  account: accountDetailSchema,
  sessions: z.array(sessionDetailSchema),
  devices: z.array(deviceSchema),
  identities: z.array(identitySchema),
  factors: z.array(factorSchema),
  recovery_codes_left: z.number().int(),
  consents: z.array(consentSchema),
  grants: z.array(grantSchema),
  api_keys: z.array(apiKeySchema),
  activity: z.array(activitySchema),
  habits: z
    .object({
      sign_ins: z.number().int(),
      seen: z.array(
        z.object({
          kind: z.enum(['network', 'provider', 'country', 'place', 'device', 'agent']),
          what: z.string(),
          first_at: timeSchema,
          last_at: timeSchema,
        }),
      ),
    })
    .nullable(),
})
