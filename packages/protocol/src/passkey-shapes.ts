/**
 * Passkeys as they stand on the wire. Options and credentials have the JSON forms of WebAuthn Level 3 §5.1.8–5.1.10,
 * which browsers read and write by themselves (`parse…OptionsFromJSON`, `toJSON`). Bytes are base64url.
 */
import type { SignInRequest } from './shapes.ts'

export interface PasskeyDescriptor {
  id: string
  type: 'public-key'
  transports?: string[]
}

/** `PublicKeyCredentialCreationOptionsJSON`, as far as it is used here. */
export interface PasskeyCreationOptions {
  rp: { id: string; name: string }
  user: { id: string; name: string; displayName: string }
  challenge: string
  pubKeyCredParams: { type: 'public-key'; alg: number }[]
  timeout: number
  excludeCredentials: PasskeyDescriptor[]
  authenticatorSelection: {
    residentKey: 'required'
    requireResidentKey: true
    userVerification: 'preferred'
  }
  attestation: 'none'
  extensions: { credProps: true }
}

/** `PublicKeyCredentialRequestOptionsJSON`, as far as it is used here. */
export interface PasskeyRequestOptions {
  challenge: string
  rpId: string
  timeout: number
  /** Empty where nobody is known yet: the browser offers what it has for this name. */
  allowCredentials: PasskeyDescriptor[]
  userVerification: 'required' | 'preferred'
}

/** `RegistrationResponseJSON`: what `toJSON()` of a new credential gives. Members that are not named are ignored. */
export interface PasskeyRegistration {
  id: string
  rawId: string
  type: 'public-key'
  response: { clientDataJSON: string; attestationObject: string; transports?: string[] | undefined }
}

/** `AuthenticationResponseJSON`: what `toJSON()` of an assertion gives. */
export interface PasskeyAssertion {
  id: string
  rawId: string
  type: 'public-key'
  response: {
    clientDataJSON: string
    authenticatorData: string
    signature: string
    userHandle?: string | null | undefined
  }
}

export interface PasskeyCreationResponse {
  options: PasskeyCreationOptions
}
export interface PasskeyRequestResponse {
  options: PasskeyRequestOptions
}

export interface SignInPasskeyRequest {
  credential: PasskeyAssertion
  deliver?: SignInRequest['deliver']
  refresh?: SignInRequest['refresh']
}

/** For the options of a passkey that is presented, or enrolled, with a ticket. */
export interface PasskeyTicketRequest {
  ticket: string
}

export interface AddPasskeyRequest {
  credential: PasskeyRegistration
  name?: string | undefined
}
export interface RenamePasskeyRequest {
  name: string
}

export interface PasskeyShape {
  id: string
  kind: 'passkey'
  name: string | null
  created_at: string
  last_used_at: string | null
  /** It may leave the device that made it, to others of the same person (WebAuthn §6.1.3, BE). */
  synced: boolean
  /** There was a copy of it when it was last used (BS). */
  backed_up: boolean
  /** The person has proved who they are to the device at least once: a PIN, a finger, a face. */
  user_verified: boolean
  transports: string[]
  /** The model of the authenticator by its own word, which is not checked. */
  aaguid: string
}
export interface PasskeysResponse {
  items: PasskeyShape[]
  next_cursor: null
}
export interface AddedPasskeyResponse {
  passkey: PasskeyShape
  /** With the first factor: shown this once. */
  recovery_codes?: string[]
}
