/** What to set, and why: rules whose values go into the configuration file or, for secrets, into the environment. */
import type { Condition } from './questions.ts'

export interface SettingRule {
  readonly id: string
  readonly when: Condition
  /** It does not apply where this holds. */
  readonly unless?: Condition
  /** Its name in the configuration file. */
  readonly key: string
  readonly variable: string
  readonly value: string | number | readonly string[]
  /** Kept out of the file: it holds a secret, and the variable names the file that does. */
  readonly secret: boolean
  readonly reason: string
}

const PEOPLE = ['browser', 'app', 'site'] as const

export const settingRules: readonly SettingRule[] = [
  {
    id: 'setting.issuer',
    when: {},
    key: 'issuer',
    variable: 'COUNTERSIGN_ISSUER',
    value: 'https://auth.example.com',
    secret: false,
    reason: 'The public URL of the authority. It is in every token and every verifier compares it.',
  },
  {
    id: 'setting.audiences_one',
    when: { apis: ['one'] },
    key: 'audiences',
    variable: 'COUNTERSIGN_AUDIENCES',
    value: ['https://api.example.com'],
    secret: false,
    reason: 'The name of your API. What is issued is good there and nowhere else.',
  },
  {
    id: 'setting.audiences_several',
    when: { apis: ['several'] },
    key: 'audiences',
    variable: 'COUNTERSIGN_AUDIENCES',
    value: ['https://gym.example.com', 'https://pool.example.com'],
    secret: false,
    reason: 'The names of your APIs. Keys and exchanged tokens can be narrowed to one of them.',
  },
  {
    id: 'setting.cookie_domain',
    when: { callers: ['browser'], pages: ['one_site'] },
    key: 'cookieDomain',
    variable: 'COUNTERSIGN_COOKIE_DOMAIN',
    value: 'example.com',
    secret: false,
    reason: 'Lets the session cookie reach the hosts of your domain.',
  },
  {
    id: 'setting.allowed_origins',
    when: { callers: ['browser'], pages: ['one_site'] },
    key: 'allowedOrigins',
    variable: 'COUNTERSIGN_ALLOWED_ORIGINS',
    value: ['https://app.example.com'],
    secret: false,
    reason: 'Pages of these origins may call the authority with cookies.',
  },
  {
    id: 'setting.short_tokens',
    when: { checker: ['library'], revocation: ['at_once'] },
    key: 'accessTokenLifetimeSeconds',
    variable: 'COUNTERSIGN_ACCESS_TOKEN_LIFETIME_SECONDS',
    value: 300,
    secret: false,
    reason: 'Where nobody hears of revocations, the lifetime is what ends a token.',
  },
  {
    id: 'setting.mfa_required',
    when: { callers: PEOPLE, assurance: ['everybody', 'regulated'] },
    key: 'mfa',
    variable: 'COUNTERSIGN_MFA',
    value: 'required',
    secret: false,
    reason: 'Whoever has no second factor enrols one on the way in.',
  },
  {
    id: 'setting.mfa_roles',
    when: { callers: PEOPLE, assurance: ['administrators'] },
    key: 'mfaRoles',
    variable: 'COUNTERSIGN_MFA_ROLES',
    value: ['administrator'],
    secret: false,
    reason: 'Whoever holds one of these roles needs a second factor.',
  },
  ...aal2('session_lifetime', 'sessionLifetimeSeconds', 'COUNTERSIGN_SESSION_LIFETIME_SECONDS', 86_400),
  ...aal2('session_idle', 'sessionIdleSeconds', 'COUNTERSIGN_SESSION_IDLE_SECONDS', 3600),
  ...aal2('refresh_lifetime', 'refreshLifetimeSeconds', 'COUNTERSIGN_REFRESH_LIFETIME_SECONDS', 86_400),
  ...aal2('refresh_idle', 'refreshIdleSeconds', 'COUNTERSIGN_REFRESH_IDLE_SECONDS', 3600),
  {
    id: 'setting.sign_up_closed',
    when: { joining: ['closed'] },
    key: 'signUp',
    variable: 'COUNTERSIGN_SIGN_UP',
    value: 'closed',
    secret: false,
    reason: 'Nobody makes an account for themselves.',
  },
  {
    id: 'setting.nobody_signs_up',
    when: {},
    unless: { callers: PEOPLE },
    key: 'signUp',
    variable: 'COUNTERSIGN_SIGN_UP',
    value: 'closed',
    secret: false,
    reason: 'Only programs call, so nobody needs to make an account for themselves.',
  },
  {
    id: 'setting.proxies',
    when: { load: ['nodes'] },
    key: 'trustedProxies',
    variable: 'COUNTERSIGN_TRUSTED_PROXIES',
    value: ['10.0.0.0/8'],
    secret: false,
    reason: 'The addresses of your load balancer, whose word about the caller’s address is believed.',
  },
  {
    id: 'setting.database',
    when: { load: ['nodes'] },
    key: 'database',
    variable: 'COUNTERSIGN_DATABASE_FILE',
    value: '/run/secrets/countersign-database',
    secret: true,
    reason: 'A file with `postgres://user:password@host/database`, which all nodes share.',
  },
  {
    id: 'setting.secrets',
    when: { load: ['nodes'] },
    key: 'secrets',
    variable: 'COUNTERSIGN_SECRETS_FILE',
    value: '/run/secrets/countersign-root',
    secret: true,
    reason: 'A file with the root secret, the same for all nodes and not in the database.',
  },
]

/** NIST SP 800-63B-4 §2.2.3: at AAL2 again after 24 hours, and after an hour without use. */
function aal2(name: string, key: string, variable: string, value: number): SettingRule[] {
  return [
    {
      id: `setting.${name}`,
      when: { callers: PEOPLE, assurance: ['regulated'] },
      key,
      variable,
      value,
      secret: false,
      reason:
        value === 86_400
          ? 'AAL2 wants a new sign-in every 24 hours.'
          : 'AAL2 wants a new sign-in after an hour without use.',
    },
  ]
}
