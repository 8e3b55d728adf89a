/** Pieces of schemas that many routes share, with the bounds of everything that can be sent. */
import { isPermission, isRoleId, PERMISSIONS_MAX } from '@countersign/protocol'
import { isAddressBlock } from '@countersign/verifier'
import { z } from 'zod'

const NAME_CHARACTERS_MAX = 100
const RESOURCES_MAX = 64
const ADDRESSES_MAX = 64
const AUDIENCES_MAX = 16

/** A name that people give: no control characters, so that it cannot break a line of a log or a header. */
export const nameSchema: z.ZodString = z
  .string()
  .trim()
  .min(1)
  .max(NAME_CHARACTERS_MAX)
  .regex(/^[^\p{C}]*$/u)

/** Length alone; `normalizeEmail` decides what an address is. */
export const emailSchema: z.ZodString = z.string().min(3).max(254)

/** Bounded so that no megabyte reaches the hash; the policy has its own, lower bound. */
export const passwordSchema: z.ZodString = z.string().min(1).max(1024)

/** What `makeSecret` spells. */
export const ticketSchema: z.ZodString = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[0-9A-Za-z]+$/)

export const permissionsSchema: z.ZodArray<z.ZodString> = z
  .array(z.string().refine(isPermission))
  .max(PERMISSIONS_MAX)
export const rolesSchema: z.ZodArray<z.ZodString> = z.array(z.string().refine(isRoleId)).max(32)
export const resourcesSchema: z.ZodArray<z.ZodString> = z
  .array(
    z
      .string()
      .min(1)
      .max(200)
      .regex(/^[\x21-\x7e]+$/),
  )
  .max(RESOURCES_MAX)
/** RFC 8707 §2 asks for absolute URIs; plain names are common and allowed. */
export const audiencesSchema: z.ZodArray<z.ZodString> = z
  .array(
    z
      .string()
      .min(1)
      .max(200)
      .regex(/^[\x21-\x7e]+$/),
  )
  .max(AUDIENCES_MAX)
export const addressesSchema: z.ZodArray<z.ZodString> = z
  .array(z.string().max(64).refine(isAddressBlock))
  .max(ADDRESSES_MAX)

/** An opaque credential or a JWT, as it is presented. */
export const credentialSchema: z.ZodString = z.string().min(1).max(8192)

export const timeSchema: z.ZodISODateTime = z.iso.datetime()
export const nullableTimeSchema: z.ZodNullable<z.ZodISODateTime> = timeSchema.nullable()

/** Query of a list (cursor pagination). The cursor is the last id of the page before. */
export interface PageQuery {
  limit: number
  cursor?: string | undefined
}

const PAGE_DEFAULT = 50
const PAGE_MAX = 200

export const pageQueryShape: { limit: z.ZodType<number>; cursor: z.ZodType<string | undefined> } = {
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
  cursor: z
    .string()
    .max(100)
    .regex(/^[\w-]+$/)
    .optional(),
}
export const pageQuerySchema: z.ZodType<PageQuery> = z.strictObject(pageQueryShape)

const SEARCH_CHARACTERS_MAX = 100

/** A text to look for. Postgres keeps no NUL. */
export const searchSchema: z.ZodType<string> = z
  .string()
  .min(1)
  .max(SEARCH_CHARACTERS_MAX)
  .regex(/^[^\0]*$/)

/** The schema of a page of something. */
export function pageOf(item: z.ZodType): z.ZodType {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() })
}
