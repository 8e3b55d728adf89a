/** Ceremonies of WebAuthn with a software authenticator, right in all but what a test bends. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  PASSKEY_ALGORITHMS,
  type PasskeyScope,
  toCreationOptions,
  toRequestOptions,
  type WebAuthnFlaw,
} from '@countersign/core'
import type { PasskeyAssertion, PasskeyRegistration } from '@countersign/protocol'
import { webauthn } from '../src/adapters/webauthn.ts'
import {
  type Bent,
  type BentMaking,
  makePasskey,
  ORIGIN,
  type SoftKey,
  usePasskey,
} from './soft-authenticator.ts'

export const scope: PasskeyScope = { rpId: 'localhost', origins: [ORIGIN] }
export const newChallenge = (): string => randomBytes(32).toString('base64url')
export const user: { readonly handle: string; readonly email: string; readonly name: null } = {
  handle: randomBytes(32).toString('base64url'),
  email: 'ada@example.com',
  name: null,
}

type Registered = ReturnType<typeof webauthn.verifyRegistration>

export const register = (credential: PasskeyRegistration, challenge: string): Registered =>
  webauthn.verifyRegistration({ credential, challenge, scope, algorithms: PASSKEY_ALGORITHMS })

export async function made(bent: BentMaking = {}): Promise<{ key: SoftKey; publicKey: string }> {
  const challenge = newChallenge()
  const { key, credential } = makePasskey(toCreationOptions(scope, user, challenge, []), bent)
  const answer = await register(credential, challenge)
  assert.ok(answer.ok, answer.ok ? '' : answer.flaw)
  return { key, publicKey: answer.publicKey }
}

export async function refusedMaking(bent: BentMaking, flaw: WebAuthnFlaw): Promise<void> {
  const challenge = newChallenge()
  const { credential } = makePasskey(toCreationOptions(scope, user, challenge, []), bent)

  assert.deepEqual(await register(credential, challenge), { ok: false, flaw })
}

export interface Asked {
  readonly mustVerifyUser?: boolean
  readonly mustNameUser?: boolean
}

export function judge(
  { key, publicKey }: { key: SoftKey; publicKey: string },
  credential: PasskeyAssertion,
  challenge: string,
  { mustVerifyUser = true, mustNameUser = true }: Asked = {},
): ReturnType<typeof webauthn.verifyAssertion> {
  const { id: credentialId, userHandle, synced: isBackupEligible } = key
  const passkey = { credentialId, publicKey, userHandle, isBackupEligible }
  return webauthn.verifyAssertion({ credential, challenge, scope, mustVerifyUser, mustNameUser, passkey })
}

export async function refusedUse(
  bent: Bent,
  flaw: WebAuthnFlaw,
  making: BentMaking = {},
  asked: Asked = {},
): Promise<void> {
  const whose = await made(making)
  const challenge = newChallenge()
  const credential = usePasskey(whose.key, toRequestOptions(scope, challenge, [], 'required'), bent)

  assert.deepEqual(await judge(whose, credential, challenge, asked), { ok: false, flaw })
}

const NO_UTF8 = Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
export const broken: readonly (readonly [string, Bent['clientJson']])[] = [
  ['no UTF-8', NO_UTF8],
  ['no JSON', '{"type":'],
  ['no object', '"webauthn.get"'],
  ['without a challenge', JSON.stringify({ type: 'webauthn.get', origin: ORIGIN })],
]
export const origins: readonly unknown[] = [
  'http://localhost:4001',
  'https://localhost:4000',
  'http://app.localhost:4000',
  'http://localhost:4000/',
  'http://localhost:4000.example.com',
  'HTTP://LOCALHOST:4000',
  'null',
  '',
  ['http://localhost:4000'],
  null,
]
