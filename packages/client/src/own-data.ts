/** What a person sees of themselves, and the name that they go by. */
import type {
  AccountDetailShape,
  ActivityShape,
  CheckMailResponse,
  EmailVerificationResponse,
  OwnDataResponse,
  Page,
  Secret,
} from '@countersign/protocol'
import { parseAnswer } from './answers.ts'
import type { PageQuery } from './api-keys.ts'
import type { Call } from './caller.ts'
import { toSecret } from './credential.ts'
import { toPasswordText } from './own-password.ts'

export interface OwnData {
  /** One’s own account, and whether its address is verified. */
  account(): Promise<AccountDetailShape>
  /** Null takes the name away. */
  rename(name: string | null): Promise<AccountDetailShape>
  /** Sends a link to the new address, whoever has it; it is used with the password. Wants a step-up that is recent. */
  changeEmail(email: string): Promise<CheckMailResponse>
  /** With what the link ends with, and the password of the account. */
  confirmEmailChange(input: { ticket: Secret | string; password: Secret | string }): Promise<void>
  /** Sends a link to one’s own address, unless it is verified. */
  verifyEmail(): Promise<EmailVerificationResponse>
  /** With what that link ends with. */
  confirmEmail(ticket: Secret | string): Promise<void>
  /** What one did and what was done to one’s account, the newest first. */
  activity(query?: PageQuery): Promise<Page<ActivityShape>>
  /** Everything that is known about oneself, without secrets. Wants a step-up that is recent. */
  exportData(): Promise<OwnDataResponse>
}

export function createOwnData(call: Call): OwnData {
  const toAccount = (body: unknown): AccountDetailShape =>
    parseAnswer<{ readonly account: AccountDetailShape }>(body, 'account').account
  return {
    account: async () => toAccount(await call({ method: 'GET', path: '/v1/me/account' })),
    rename: async (name) => toAccount(await call({ method: 'PATCH', path: '/v1/me', json: { name } })),
    changeEmail: async (email) =>
      parseAnswer(await call({ method: 'POST', path: '/v1/me/email', json: { email } }), 'status'),
    confirmEmailChange: async ({ ticket, password }) => {
      const json = { ticket: toSecret(ticket).reveal(), password: toPasswordText(password) }
      await call({ method: 'POST', path: '/v1/email-change/confirm', json, anonymous: 'without_cookies' })
    },
    verifyEmail: async () =>
      parseAnswer(await call({ method: 'POST', path: '/v1/me/email/verify' }), 'status'),
    confirmEmail: async (ticket) => {
      const json = { ticket: toSecret(ticket).reveal() }
      await call({
        method: 'POST',
        path: '/v1/email-verification/confirm',
        json,
        anonymous: 'without_cookies',
      })
    },
    activity: async (query = {}) =>
      parseAnswer(await call({ method: 'GET', path: '/v1/me/activity', query: { ...query } }), 'items'),
    exportData: async () => parseAnswer(await call({ method: 'GET', path: '/v1/me/export' }), 'exported_at'),
  }
}
