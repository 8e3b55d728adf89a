/** What the end-session endpoint and its page take (RP-Initiated Logout §2). Unknown parameters are passed over. */
import type { LogOutParameters } from '@countersign/core'
import { z } from 'zod'

/** An empty value is as good as none. */
const parameter = z
  .string()
  .max(4096)
  .transform((text) => (text === '' ? undefined : text))
  .optional()

const parameters = {
  id_token_hint: parameter,
  client_id: parameter,
  post_logout_redirect_uri: parameter,
  state: parameter,
}

export const logOutFormSchema: z.ZodType<LogOutParameters> = z.object(parameters)

export interface LogOutQuery extends LogOutParameters {
  /** A request that came by a form, on its way through the browser. */
  readonly request?: string | undefined
}

const field = z.string().max(8192).optional()
export const logOutQuerySchema: z.ZodType<LogOutQuery> = z.object({ ...parameters, request: field })

export interface ConfirmLogOutForm {
  readonly request?: string | undefined
  readonly csrf?: string | undefined
}
export const confirmLogOutSchema: z.ZodType<ConfirmLogOutForm> = z.object({ request: field, csrf: field })
