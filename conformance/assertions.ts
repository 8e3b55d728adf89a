/** What clients say of themselves in an assertion (RFC 7523 §3), with defaults that are right. */
import { randomUUID } from 'node:crypto'
import type { RegisteredClient } from './given.ts'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export const now = (): number => Math.floor(Date.now() / 1000)

/** One part of a JWS in its compact form. */
export const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** `audience`: the issuer. */
export const toClaims = ({ id }: RegisteredClient, audience: string, more: object = {}): object => ({
  iss: id,
  sub: id,
  aud: audience,
  jti: randomUUID(),
  iat: now(),
  exp: now() + 60,
  ...more,
})
