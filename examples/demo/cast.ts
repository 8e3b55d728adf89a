/** What the story's steps have in common: asking who one is, being refused, and measuring how soon. */
import assert from 'node:assert/strict'
import { ApiProblem, type Client, type ClientCredential, type RevokeInput } from '@countersign/client'
import type { MeResponse } from '@countersign/protocol'
import type { Refusal } from './stage.ts'

export const MIA = {
  email: 'mia@swim.example',
  name: 'Mia',
  password: 'forty lengths before breakfast',
} as const

/** Long enough for every lease to run out, so that the answer says `confirmed`. */
const WAIT_MS = 10_000

/** The code that a call was refused with. Fails where it was not refused. */
export async function refusalCode(call: () => Promise<unknown>): Promise<string> {
  try {
    await call()
  } catch (error) {
    if (error instanceof ApiProblem) return error.code
    throw error
  }
  return assert.fail('It was let in, and should have been refused.')
}

export interface Killing {
  /** How the credential is called in the closing table. */
  readonly name: string
  /** It is good until now, and refused right afterwards. */
  readonly victim: ClientCredential
  readonly by: Client
  readonly target: RevokeInput['target']
}

/** Shows the credential alive, revokes, and asks again with it at once. */
export async function kill(anybody: Client, { name, victim, by, target }: Killing): Promise<Refusal> {
  const holder = anybody.with(victim)
  await holder.me()
  const started = performance.now()
  const { confirmed } = await by.revoke({ target, reason: 'demo', waitMs: WAIT_MS })
  const code = await refusalCode(() => holder.me())
  const ms = performance.now() - started
  assert.ok(confirmed, 'The revocation was not confirmed.')
  assert.equal(code, 'invalid_credential')
  return { credential: name, confirmed, code, ms }
}

/** One line about who the authority takes a credential for. */
export function tellMe({ principal, credential }: MeResponse): string {
  return `${principal.name ?? shorten(principal.id)}, by ${credential.kind} ${shorten(credential.id)}`
}

const shorten = (id: string): string => `${id.slice(0, 12)}…`
