/** Who a token is for, asked of services that speak OAuth and no OpenID Connect. */
import type { ProvedIdentity } from '@countersign/core'
import { parseStrictJson } from '@countersign/protocol'
import { z } from 'zod'
import type { Outbound } from '../outbound/ports.ts'
import type { OAuthProvider } from './spec.ts'

/** A number at some services; as text it is the same for good. */
const userSchema = z.object({
  id: z.union([z.string().min(1), z.number().int().positive()]).transform(String),
  name: z.string().nullish(),
  email: z.string().nullish(),
})
const emailsSchema = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))

/** Null where the answer cannot be read: then nobody is signed in. */
export async function askUser(
  outbound: Outbound,
  provider: OAuthProvider,
  accessToken: string,
): Promise<ProvedIdentity | null> {
  const user = userSchema.safeParse(await ask(outbound, provider.userEndpoint, accessToken))
  if (!user.success) return null
  const email = await emailOf(outbound, provider, accessToken, user.data.email ?? null)
  return {
    provider: provider.id,
    issuer: provider.issuer,
    subject: user.data.id,
    ...email,
    name: user.data.name ?? null,
    authTimeMs: null,
  }
}

async function emailOf(
  outbound: Outbound,
  { emailsEndpoint }: OAuthProvider,
  accessToken: string,
  told: string | null,
): Promise<Pick<ProvedIdentity, 'email' | 'isEmailVerified'>> {
  if (emailsEndpoint === null) return { email: told, isEmailVerified: false }
  const listed = emailsSchema.safeParse(await ask(outbound, emailsEndpoint, accessToken))
  const primary = listed.success ? listed.data.find((one) => one.primary) : undefined
  return { email: primary?.email ?? null, isEmailVerified: primary?.verified === true }
}

async function ask(outbound: Outbound, url: string, accessToken: string): Promise<unknown> {
  const answer = await outbound.request(url, {
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${accessToken}`,
      'user-agent': 'countersign',
    },
  })
  if (!answer.ok || answer.status !== 200) return null
  const parsed = parseStrictJson(answer.text)
  return parsed.ok ? parsed.value : null
}
