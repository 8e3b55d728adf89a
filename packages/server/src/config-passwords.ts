/** The rows of `config-table.ts` that are about passwords. */
import * as kinds from './config-kinds.ts'
import type { SettingRows } from './config-reader.ts'

export interface PasswordSettings {
  passwordLengthMin: number
  passwordScoreMin: number
  breachedPasswordsUrl: string | null
  breachedPasswordsTimeoutMs: number
  breachedPasswordsWhenDown: 'accept' | 'refuse'
  breachedPasswordsAtSignIn: 'require_change' | 'report' | 'off'
  passwordHashConcurrency: number | null
}

export const passwordSettings: SettingRows<PasswordSettings> = {
  passwordLengthMin: {
    kind: kinds.integer(15, 64),
    fallback: 15,
    reason: 'In code points. 15 where the password is the only factor (NIST SP 800-63B-4 §3.1.1.2).',
  },
  passwordScoreMin: {
    kind: kinds.integer(0, 4),
    fallback: 0,
    reason:
      'The zxcvbn score that a new password must reach. The score is an estimate, so by default it is advice for forms and refuses nothing.',
  },
  breachedPasswordsUrl: {
    kind: kinds.rangeUrl,
    fallback: null,
    fallbackText: 'none: nobody is asked',
    reason:
      'A range server in the form of Have I Been Pwned, such as https://api.pwnedpasswords.com/range. It is told the first five digits of a new password’s SHA-1, and nothing else. This server does not call out unasked.',
  },
  breachedPasswordsTimeoutMs: {
    kind: kinds.integer(100, 10_000),
    fallback: 2000,
    reason: 'How long its answer is waited for.',
  },
  breachedPasswordsWhenDown: {
    kind: kinds.choice('accept', 'refuse'),
    fallback: 'accept',
    reason:
      'What happens to a new password when there is no answer. Accepting writes it into the audit log; refusing lets an outage of somebody else’s server close sign-up here.',
  },
  breachedPasswordsAtSignIn: {
    kind: kinds.choice('require_change', 'report', 'off'),
    fallback: 'require_change',
    reason:
      'Passwords leak after they were set. One that signs in is looked up again when that was last done a week ago: it then has to be changed, or the audit log says so, or it is not asked.',
  },
  passwordHashConcurrency: {
    kind: kinds.integerOrAuto(1, 64),
    fallback: null,
    fallbackText: "auto: one per core, at most two fewer than the threads of libuv's pool",
    reason: 'Password hashes at once, each with 19 MiB and a thread of the pool that also reads files.',
  },
}
