/** Passwords as they are advised about and changed, on the wire. */
import type { SignInRequest } from './shapes.ts'

export interface CheckPasswordRequest {
  password: string
  /** What everybody knows about its owner, as far as it is known already. */
  email?: string | undefined
  name?: string | undefined
}

/** Advice for a form. Whether the password has leaked is only asked when it is set. */
export interface CheckPasswordResponse {
  /** The code with which it would be refused, or null. */
  refusal: string | null
  /** From 0, guessed at once, to 4; null where there was no answer in time. */
  score: number | null
  hints: PasswordHintName[]
}

export type PasswordHintName =
  | 'common_password'
  | 'keyboard_pattern'
  | 'repetition'
  | 'sequence'
  | 'date'
  | 'single_word'
  | 'name'
  | 'own_words'
  | 'substitution'
  | 'more_words'

export interface ChangePasswordRequest {
  current_password: string
  new_password: string
  /** Where the others are to go on; by default they end with the old password. */
  keep_other_sessions?: boolean | undefined
}
export interface PasswordChangedResponse {
  status: 'password_changed'
  /** How many other sessions ended. */
  ended: number
  /** The session's new value by the way in which it was delivered; with `jwt`, refresh. */
  session_token?: string
  csrf_token?: string
}

/** The sign-in goes on with `POST /v1/sign-in/password`. Nothing is signed in yet. */
export interface PasswordChangeRequiredResponse {
  status: 'password_change_required'
  ticket: string
  reason: 'required_by_administrator' | 'breached'
}
export interface SignInPasswordRequest {
  ticket: string
  new_password: string
  deliver?: SignInRequest['deliver']
  refresh?: SignInRequest['refresh']
}

export interface RequirePasswordChangeRequest {
  /** Where they are to go on until they end by themselves. */
  keep_sessions?: boolean | undefined
}
