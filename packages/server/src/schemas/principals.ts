/** Accounts, service accounts and roles on the wire. */
import type {
  AccountDetailShape,
  AccountShape,
  RoleShape,
  ServiceAccountShape,
  SignUpRequest,
} from '@countersign/protocol'
import { isPermission, isRoleId } from '@countersign/protocol'
import { z } from 'zod'
import {
  audiencesSchema,
  emailSchema,
  nameSchema,
  nullableTimeSchema,
  passwordSchema,
  permissionsSchema,
  rolesSchema,
  timeSchema,
} from './common.ts'

const accountFields = {
  id: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  email_verified: z.boolean(),
  created_at: timeSchema,
}
export const accountSchema: z.ZodType<AccountShape> = z.object(accountFields)
export const accountDetailSchema: z.ZodType<AccountDetailShape> = z.object({
  ...accountFields,
  roles: z.array(z.string()),
  disabled_at: nullableTimeSchema,
  password_change_required_at: nullableTimeSchema,
})

const signUpFields = { email: emailSchema, password: passwordSchema, name: nameSchema.optional() }
export const signUpSchema: z.ZodType<SignUpRequest> = z.strictObject(signUpFields)
export const setupSchema: z.ZodType<SignUpRequest & { ticket: string }> = z.strictObject({
  ...signUpFields,
  ticket: z.string().regex(/^[0-9A-Za-z]{43}$/),
})
export interface CreateAccountRequest extends SignUpRequest {
  roles?: string[] | undefined
  /** True unless it says otherwise: whoever creates the account knows its first password. */
  require_password_change?: boolean | undefined
}
export const createAccountSchema: z.ZodType<CreateAccountRequest> = z.strictObject({
  ...signUpFields,
  roles: rolesSchema.optional(),
  require_password_change: z.boolean().optional(),
})

export interface ChangePrincipalRequest {
  name?: string | undefined
  roles?: string[] | undefined
  disabled?: boolean | undefined
}
export const changeAccountSchema: z.ZodType<ChangePrincipalRequest & { email?: string | undefined }> =
  z.strictObject({
    email: emailSchema.optional(),
    name: nameSchema.optional(),
    roles: rolesSchema.optional(),
    disabled: z.boolean().optional(),
  })

export const serviceAccountSchema: z.ZodType<ServiceAccountShape> = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  audiences: z.array(z.string()),
  disabled_at: nullableTimeSchema,
  created_at: timeSchema,
})
export interface CreateServiceAccountRequest {
  name: string
  roles?: string[] | undefined
  audiences?: string[] | undefined
}
export const createServiceAccountSchema: z.ZodType<CreateServiceAccountRequest> = z.strictObject({
  name: nameSchema,
  roles: rolesSchema.optional(),
  audiences: audiencesSchema.optional(),
})
export const changeServiceAccountSchema: z.ZodType<
  ChangePrincipalRequest & { audiences?: string[] | undefined }
> = z.strictObject({
  name: nameSchema.optional(),
  roles: rolesSchema.optional(),
  audiences: audiencesSchema.optional(),
  disabled: z.boolean().optional(),
})

export const roleSchema: z.ZodType<RoleShape> = z.object({
  id: z.string(),
  description: z.string().nullable(),
  permissions: z.array(z.string().refine(isPermission)),
  built_in: z.boolean(),
  created_at: timeSchema,
})
export interface CreateRoleRequest {
  id: string
  description?: string | undefined
  permissions: string[]
}
const descriptionSchema = z
  .string()
  .max(500)
  .regex(/^[^\p{C}]*$/u)
export const createRoleSchema: z.ZodType<CreateRoleRequest> = z.strictObject({
  id: z.string().refine(isRoleId),
  description: descriptionSchema.optional(),
  permissions: permissionsSchema,
})
export const changeRoleSchema: z.ZodType<{
  description?: string | null | undefined
  permissions?: string[] | undefined
}> = z.strictObject({
  description: descriptionSchema.nullable().optional(),
  permissions: permissionsSchema.optional(),
})
