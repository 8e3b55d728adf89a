/** People with passkeys, and what they do with them. */
import assert from 'node:assert/strict'
import type { PasskeyCreationOptions, PasskeyRequestOptions } from '@countersign/protocol'
import { codesOf } from './authenticator.ts'
import { type Answer, at, type Given, person, signedIn } from './given.ts'
import { type Bent, type BentMaking, makePasskey, type SoftKey, usePasskey } from './soft-authenticator.ts'

type To = Pick<Given, 'send'>

export function creationOptionsOf(answer: Answer): PasskeyCreationOptions {
  assert.equal(answer.status, 200, answer.text)
  return JSON.parse(answer.text).options
}

export function requestOptionsOf(answer: Answer): PasskeyRequestOptions {
  assert.equal(answer.status, 200, answer.text)
  return JSON.parse(answer.text).options
}

/** The options of a new passkey for the holder of this session. */
export const askToAdd = async (to: To, bearer: string): Promise<PasskeyCreationOptions> =>
  creationOptionsOf(await to.send('POST', '/v1/me/passkeys/options', { bearer }))

/** Makes one and hands it in, whatever comes of it. */
export async function tryToAdd(
  to: To,
  bearer: string,
  bent: BentMaking = {},
  name?: string,
): Promise<{ key: SoftKey; answer: Answer }> {
  const { key, credential } = makePasskey(await askToAdd(to, bearer), bent)
  const body = { credential, ...(name !== undefined && { name }) }
  return { key, answer: await to.send('POST', '/v1/me/passkeys', { bearer, body }) }
}

export interface Added {
  readonly id: string
  readonly key: SoftKey
  readonly recoveryCodes: readonly string[]
}

export async function addPasskey(
  to: To,
  bearer: string,
  bent: BentMaking = {},
  name?: string,
): Promise<Added> {
  const { key, answer } = await tryToAdd(to, bearer, bent, name)
  assert.equal(answer.status, 201, answer.text)
  return { id: at(answer.json, 'passkey', 'id'), key, recoveryCodes: codesOf(answer) }
}

export interface PersonWithPasskey extends Added {
  readonly email: string
  readonly account: string
  /** A session that was opened before there was a passkey. */
  readonly bearer: string
}

export async function personWithPasskey(to: To, bent: BentMaking = {}): Promise<PersonWithPasskey> {
  const { email, id: account } = await person(to)
  const { session_token: bearer = '' } = await signedIn(to, 'session_token', email)
  return { email, account, bearer, ...(await addPasskey(to, bearer, bent)) }
}

export const askToSignIn = async (to: To): Promise<PasskeyRequestOptions> =>
  requestOptionsOf(await to.send('POST', '/v1/sign-in/passkey/options'))

/** Signs in with the passkey alone, whatever comes of it. */
export async function tryToSignIn(to: To, key: SoftKey, bent: Bent = {}, more: object = {}): Promise<Answer> {
  const credential = usePasskey(key, await askToSignIn(to), bent)
  return to.send('POST', '/v1/sign-in/passkey', {
    body: { credential, deliver: 'session_token', ...more },
  })
}

export async function signedInByPasskey(to: To, key: SoftKey): Promise<string> {
  const answer = await tryToSignIn(to, key)
  assert.equal(answer.status, 200, answer.text)
  return at(answer.json, 'session_token')
}

export const askWithTicket = async (to: To, ticket: string): Promise<PasskeyRequestOptions> =>
  requestOptionsOf(await to.send('POST', '/v1/sign-in/factor/passkey/options', { body: { ticket } }))

/** Presents the passkey with the ticket of a sign-in. */
export async function presentPasskey(
  to: To,
  ticket: string,
  key: SoftKey,
  bent: Bent = {},
  more: object = {},
): Promise<Answer> {
  const credential = usePasskey(key, await askWithTicket(to, ticket), bent)
  return to.send('POST', '/v1/sign-in/factor', { body: { ticket, factor: 'passkey', credential, ...more } })
}

/** Steps a session up with the passkey. */
export async function stepUpByPasskey(
  to: To,
  bearer: string,
  key: SoftKey,
  bent: Bent = {},
): Promise<Answer> {
  const begun = await to.send('POST', '/v1/me/step-up', { bearer })
  assert.equal(begun.status, 200, begun.text)
  const ticket = at(begun.json, 'ticket')
  const asked = await to.send('POST', '/v1/me/step-up/passkey/options', { bearer, body: { ticket } })
  const credential = usePasskey(key, requestOptionsOf(asked), bent)
  return to.send('POST', '/v1/me/step-up/factor', {
    bearer,
    body: { ticket, factor: 'passkey', credential },
  })
}
