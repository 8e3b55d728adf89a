/** What the authorization endpoint and its pages take. Unknown parameters are passed over (OAuth 2.1 §3.1). */
import { type AuthorizationParameters, parameterNames } from '@countersign/core'
import { z } from 'zod'

const PARAMETER_CHARACTERS_MAX = 4096

/** An empty value is as good as none. */
const parameter = z
  .string()
  .max(PARAMETER_CHARACTERS_MAX)
  .transform((text) => (text === '' ? undefined : text))
  .optional()

export const authorizeSchema: z.ZodType<AuthorizationParameters> = z.object(
  Object.fromEntries(parameterNames.map((name) => [name, parameter])),
)

/** With what the client proves itself by. */
export type PushParameters = AuthorizationParameters & {
  readonly client_secret?: string | undefined
  readonly client_assertion?: string | undefined
  readonly client_assertion_type?: string | undefined
}

const proof = z.string().max(8192).optional()
export const pushSchema: z.ZodType<PushParameters> = z.object({
  ...Object.fromEntries(parameterNames.map((name) => [name, parameter])),
  client_secret: proof,
  client_assertion: proof,
  client_assertion_type: proof,
})

const field = z.string().max(8192)

export const interactionQuerySchema: z.ZodType<{ interaction?: string | undefined }> = z.object({
  interaction: field.optional(),
})

export interface OwnSignInQuery {
  next?: string | undefined
  ui_locales?: string | undefined
  'signed-out'?: string | undefined
}
/** What is too long is passed over: the page serves without it. */
const hint = z.string().max(2048).optional().catch(undefined)
export const ownSignInQuerySchema: z.ZodType<OwnSignInQuery> = z.object({
  next: hint,
  ui_locales: hint,
  'signed-out': hint,
})

export interface LoginForm {
  interaction?: string | undefined
  csrf?: string | undefined
  identifier?: string | undefined
  password?: string | undefined
}
export const loginFormSchema: z.ZodType<LoginForm> = z.object({
  interaction: field.optional(),
  csrf: field.optional(),
  identifier: z.string().max(254).optional(),
  password: z.string().max(1024).optional(),
})

export interface ForgotForm {
  interaction?: string | undefined
  csrf?: string | undefined
  identifier?: string | undefined
}
export const forgotFormSchema: z.ZodType<ForgotForm> = z.object({
  interaction: field.optional(),
  csrf: field.optional(),
  identifier: z.string().max(254).optional(),
})

export type SignUpForm = LoginForm & { name?: string | undefined }
export const signUpFormSchema: z.ZodType<SignUpForm> = z.object({
  interaction: field.optional(),
  csrf: field.optional(),
  identifier: z.string().max(254).optional(),
  password: z.string().max(1024).optional(),
  name: z.string().max(100).optional(),
})

const ticket = z
  .string()
  .max(100)
  .regex(/^[0-9A-Za-z]+$/)
  .optional()

/** What a script has put there: JSON, which is read once it is known that the form came from our own page. */
const credential = z.string().max(40_000).optional()

export interface PasskeyForm {
  interaction?: string | undefined
  csrf?: string | undefined
  credential?: string | undefined
}
export const passkeyFormSchema: z.ZodType<PasskeyForm> = z.object({
  interaction: field.optional(),
  csrf: field.optional(),
  credential,
})

export interface NewPasswordForm {
  interaction?: string | undefined
  csrf?: string | undefined
  ticket?: string | undefined
  breached?: string | undefined
  password?: string | undefined
}
export const newPasswordFormSchema: z.ZodType<NewPasswordForm> = z.object({
  interaction: field.optional(),
  csrf: field.optional(),
  ticket,
  breached: z.string().max(10).optional(),
  password: z.string().max(1024).optional(),
})

export interface FactorForm {
  interaction?: string | undefined
  csrf?: string | undefined
  ticket?: string | undefined
  ways?: string | undefined
  step?: string | undefined
  code?: string | undefined
  credential?: string | undefined
  trust_device?: string | undefined
}
export const factorFormSchema: z.ZodType<FactorForm> = z.object({
  interaction: field.optional(),
  csrf: field.optional(),
  ticket,
  ways: z.string().max(100).optional(),
  step: z.string().max(10).optional(),
  code: z.string().max(100).optional(),
  credential,
  trust_device: z.string().max(10).optional(),
})

export interface ConsentForm {
  interaction?: string | undefined
  csrf?: string | undefined
  decision?: 'allow' | 'deny' | undefined
}
export const consentFormSchema: z.ZodType<ConsentForm> = z.object({
  interaction: field.optional(),
  csrf: field.optional(),
  decision: z.enum(['allow', 'deny']).optional(),
})
