/** A person's password: advice while it is typed, changing it, and signing in where it has to be changed. */
import { type CheckPasswordResponse, Secret } from '@countersign/protocol'
import { parseAnswer, parseSecretAnswer, type SignedIn } from './answers.ts'
import type { Call } from './caller.ts'
import { toSecret } from './credential.ts'
import type { Keeper } from './keeper.ts'
import { adoptRenewed } from './own-factors.ts'

export interface CheckPasswordInput {
  readonly password: Secret | string
  /** What is typed beside it: a password that is made of these is easy to guess. */
  readonly email?: string | undefined
  readonly name?: string | undefined
}

export interface ChangePasswordInput {
  readonly currentPassword: Secret | string
  readonly newPassword: Secret | string
  /** By default all other sessions end with the old password. */
  readonly keepOtherSessions?: boolean | undefined
}

export interface PasswordChanged {
  readonly status: 'password_changed'
  /** How many other sessions ended. */
  readonly ended: number
  readonly session_token?: Secret
  readonly csrf_token?: Secret
}

export interface NewPasswordInput {
  /** From `PasswordChangeRequired`. */
  readonly ticket: Secret | string
  readonly newPassword: Secret | string
  /** In place of what was asked for with the old password. */
  readonly deliver?: 'cookie' | 'session_token' | 'jwt' | undefined
  readonly refresh?: 'body' | 'cookie' | undefined
}

export interface OwnPassword {
  /** How good a password is, for the form in which it is typed. */
  checkPassword(input: CheckPasswordInput): Promise<CheckPasswordResponse>
  /** Has a link sent, if the address is somebody’s; the answer does not tell. */
  requestPasswordReset(email: string): Promise<void>
  /** Sets a new one with what such a link ends with. Nobody is signed in by it. */
  completePasswordReset(input: { ticket: Secret | string; password: Secret | string }): Promise<void>
  /** Changes it, and has this client use the session's new value. */
  changePassword(input: ChangePasswordInput): Promise<PasswordChanged>
  /** Finishes a sign-in whose password has to be changed. Throws `FactorRequired` where a factor has to be enrolled. */
  signInWithNewPassword(input: NewPasswordInput): Promise<SignedIn>
}

export function createOwnPassword(
  call: Call,
  keeper: Keeper,
  adopt: (body: unknown) => Promise<SignedIn>,
): OwnPassword {
  return {
    checkPassword: async ({ password, ...rest }) => {
      const json = { ...rest, password: toPasswordText(password) }
      const path = '/v1/passwords/check'
      const body = await call({ method: 'POST', path, json, anonymous: 'without_cookies', idempotent: true })
      return parseAnswer(body, 'refusal', 'score', 'hints')
    },
    requestPasswordReset: async (email) => {
      await call({
        method: 'POST',
        path: '/v1/password-reset',
        json: { email },
        anonymous: 'without_cookies',
      })
    },
    completePasswordReset: async ({ ticket, password }) => {
      const json = { ticket: toSecret(ticket).reveal(), password: toPasswordText(password) }
      const path = '/v1/password-reset/complete'
      await call({ method: 'POST', path, json, anonymous: 'without_cookies' })
    },
    changePassword: async ({ currentPassword, newPassword, keepOtherSessions }) => {
      const json = {
        current_password: toPasswordText(currentPassword),
        new_password: toPasswordText(newPassword),
        keep_other_sessions: keepOtherSessions,
      }
      const body = await call({ method: 'POST', path: '/v1/me/password', json })
      const changed = parseSecretAnswer<PasswordChanged>(body, 'status', 'ended')
      await adoptRenewed(keeper, changed)
      return changed
    },
    signInWithNewPassword: async ({ ticket, newPassword, ...rest }) => {
      const json = {
        ...rest,
        ticket: toSecret(ticket).reveal(),
        new_password: toPasswordText(newPassword),
      }
      const path = '/v1/sign-in/password'
      return adopt(await call({ method: 'POST', path, json, anonymous: 'with_cookies' }))
    },
  }
}

/** A password may hold any character, so it is not checked like a credential that stands in a header. */
export const toPasswordText = (password: Secret | string): string =>
  password instanceof Secret ? password.reveal() : password
