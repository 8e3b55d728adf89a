/**
 * The authority's configuration: the settings of `config-table.ts` read from the environment and a file,
 * checked one by one and against one another, and put into the shape that the server works with.
 */
import { ACCESS_TOKEN_LIFETIME_SECONDS_MAX, type CredentialStyle } from '@countersign/protocol'
import { assuranceRules } from './config-assurance.ts'
import type { RateLimit } from './config-kinds.ts'
import { type MailTarget, toMailTarget } from './config-mail.ts'
import type { SettingOrigin } from './config-origins.ts'
import { hintRules } from './config-proofs.ts'
import {
  type ConfigFile,
  type Environment,
  type ReaderOptions,
  readSettings,
  variablesOf,
} from './config-reader.ts'
import { type Settings, settings } from './config-table.ts'
import { tlsRules } from './config-tls.ts'
import type { LimitName } from './http/route.ts'

/** Settings that the server knows in another shape. */
type Grouped =
  | 'credentialPrefix'
  | 'environment'
  | 'keyRotationDays'
  | 'dangerouslyLongAccessTokens'
  | 'smtpUrl'
  | 'mailFrom'
  | 'dangerouslyPlainSmtp'
  | 'rateLimitSignIn'
  | 'rateLimitSignInAccount'
  | 'rateLimitFactor'
  | 'rateLimitPasskey'
  | 'rateLimitSignUp'
  | 'rateLimitPasswordCheck'
  | 'rateLimitToken'
  | 'rateLimitClient'
  | 'rateLimitRegistration'

/** The settings as the server works with them. */
export interface Config extends Readonly<Omit<Settings, Grouped>> {
  readonly credentialStyle: CredentialStyle
  readonly keyRotationSeconds: number
  readonly mail: MailTarget
  /** Where each setting came from, without the values of secrets. */
  readonly origins: Readonly<Record<string, SettingOrigin>>
  /** Null where a limit is switched off. */
  readonly limits: Readonly<Record<LimitName | 'sign_in_account' | 'client', RateLimit | null>>
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly mistakes: readonly string[] }

const DAY_SECONDS = 86_400
/** libuv's own default, and the variable it reads. */
const POOL_THREADS = 4
const POOL_VARIABLE = 'UV_THREADPOOL_SIZE'

/** All mistakes together, each one sentence for the person who can mend it, none with the value of a secret. */
export function parseConfig(
  environment: Environment,
  file: ConfigFile | null = null,
  options: ReaderOptions = {},
): ParsedConfig {
  const { values, mistakes, origins } = readSettings(settings, environment, file, options)
  // What does not fit together is only told about values that are right by themselves.
  const all = mistakes.length > 0 ? mistakes : contradictions(values, environment)
  return all.length > 0
    ? { ok: false, mistakes: all }
    : { ok: true, config: { ...toConfig(values), origins } }
}

export interface SettingDescription {
  readonly key: string
  readonly variables: readonly string[]
  readonly accepts: string
  readonly fallback: string
  readonly reason: string
  readonly secret: boolean
}

/** For the help and the documents, in the order of the table. */
export function describeSettings(): readonly SettingDescription[] {
  return Object.entries(settings).map(([key, row]) => ({
    key,
    variables: variablesOf(key, row),
    accepts: row.kind.accepts,
    fallback: row.fallbackText ?? String(row.fallback),
    reason: row.reason,
    secret: row.secret === true,
  }))
}

function contradictions(values: Settings, environment: Environment): string[] {
  const poolThreads = Number(environment[POOL_VARIABLE]) || POOL_THREADS
  const { port, issuer } = values
  const rules: readonly (readonly [isWrong: boolean, words: string])[] = [
    [
      values.accessTokenLifetimeSeconds > ACCESS_TOKEN_LIFETIME_SECONDS_MAX &&
        !values.dangerouslyLongAccessTokens,
      `COUNTERSIGN_ACCESS_TOKEN_LIFETIME_SECONDS is over ${ACCESS_TOKEN_LIFETIME_SECONDS_MAX}: readers that check ` +
        'signatures alone would believe a stolen token for all that time. Give a refresh token instead, or set ' +
        'COUNTERSIGN_DANGEROUSLY_LONG_ACCESS_TOKENS=true.',
    ],
    ...tlsRules(values),
    [
      values.cookieDomain !== null && !isAtOrUnder(new URL(issuer).hostname, values.cookieDomain),
      'COUNTERSIGN_COOKIE_DOMAIN is neither the host of COUNTERSIGN_ISSUER nor a domain above it: browsers would ' +
        'not take the cookie.',
    ],
    [
      values.hs256Secret !== null && values.signingAlgorithm !== 'HS256',
      'COUNTERSIGN_HS256_SECRET is set, but COUNTERSIGN_SIGNING_ALGORITHM is not HS256; drop one of them.',
    ],
    [
      values.sessionIdleSeconds > values.sessionLifetimeSeconds,
      'COUNTERSIGN_SESSION_IDLE_SECONDS is longer than COUNTERSIGN_SESSION_LIFETIME_SECONDS.',
    ],
    [
      values.refreshIdleSeconds > values.refreshLifetimeSeconds,
      'COUNTERSIGN_REFRESH_IDLE_SECONDS is longer than COUNTERSIGN_REFRESH_LIFETIME_SECONDS.',
    ],
    ...assuranceRules(values),
    [
      !values.passkeyOrigins.every((origin) => isOriginOf(origin, values.passkeyRpId)),
      'COUNTERSIGN_PASSKEY_ORIGINS names a page that is neither at COUNTERSIGN_PASSKEY_RP_ID nor under it: no ' +
        'browser would use a passkey there.',
    ],
    [
      values.keyPublishSeconds >= values.keyRotationDays * DAY_SECONDS,
      'COUNTERSIGN_KEY_PUBLISH_SECONDS is not shorter than COUNTERSIGN_KEY_ROTATION_DAYS.',
    ],
    [
      (values.passwordHashConcurrency ?? 0) >= poolThreads,
      `COUNTERSIGN_PASSWORD_HASH_CONCURRENCY would take all ${poolThreads} threads of libuv's pool, and reading ` +
        `files would wait behind passwords; keep it below, or raise ${POOL_VARIABLE}.`,
    ],
    [
      (values.smtpUrl === null) !== (values.mailFrom === null),
      'COUNTERSIGN_SMTP_URL and COUNTERSIGN_MAIL_FROM go together: set both, or none.',
    ],
    [
      values.emailVerification === 'required' && toMailTarget(values).kind === 'off',
      'COUNTERSIGN_EMAIL_VERIFICATION is required, but no mail is sent: nobody could sign up. Set COUNTERSIGN_SMTP_URL.',
    ],
    ...hintRules(values),
    [
      port === 0 && issuer === 'http://localhost:0',
      'COUNTERSIGN_PORT is 0, so the issuer cannot be guessed; set COUNTERSIGN_ISSUER.',
    ],
  ]
  return rules.flatMap(([isWrong, words]) => (isWrong ? [words] : []))
}

const isAtOrUnder = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)

const isOriginOf = (origin: string, rpId: string): boolean =>
  origin.startsWith('android:') || isAtOrUnder(new URL(origin).hostname, rpId)

function toConfig(values: Settings): Omit<Config, 'origins'> {
  const {
    credentialPrefix,
    environment,
    keyRotationDays,
    dangerouslyLongAccessTokens: _,
    smtpUrl: _url,
    mailFrom: _from,
    dangerouslyPlainSmtp: _plain,
    rateLimitSignIn,
    rateLimitSignInAccount,
    rateLimitFactor,
    rateLimitPasskey,
    rateLimitSignUp,
    rateLimitPasswordCheck,
    rateLimitToken,
    rateLimitClient,
    rateLimitRegistration,
    ...same
  } = values
  return {
    ...same,
    credentialStyle: { prefix: credentialPrefix, environment },
    keyRotationSeconds: keyRotationDays * DAY_SECONDS,
    mail: toMailTarget(values),
    limits: {
      sign_in: rateLimitSignIn,
      sign_in_account: rateLimitSignInAccount,
      factor: rateLimitFactor,
      passkey: rateLimitPasskey,
      sign_up: rateLimitSignUp,
      password_check: rateLimitPasswordCheck,
      token: rateLimitToken,
      client: rateLimitClient,
      registration: rateLimitRegistration,
    },
  }
}
