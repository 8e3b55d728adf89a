/**
 * The table of settings, one row each: its kind, its default, and why. Help and documents come from these
 * rows. The default is the safe choice; an unsafe one has a name that says so.
 */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  ACCESS_TOKEN_LIFETIME_SECONDS,
  isRoleId,
  type Secret,
  type SigningAlgorithm,
  signingAlgorithms,
} from '@countersign/protocol'
import { type LogLevel, logLevels } from './adapters/log-levels.ts'
import { type AssuranceSettings, assuranceSettings } from './config-assurance.ts'
import { type GeoSettings, geoSettings } from './config-geo.ts'
import { type InvitationSettings, invitationSettings } from './config-invitations.ts'
import * as kinds from './config-kinds.ts'
import { type LimitSettings, limitSettings } from './config-limits.ts'
import { type MailSettings, mailSettings } from './config-mail.ts'
import { type OutboundSettings, outboundSettings } from './config-outbound.ts'
import { type PasswordSettings, passwordSettings } from './config-passwords.ts'
import { type ProofSettings, proofSettings } from './config-proofs.ts'
import { type ProviderSettings, providerSettings } from './config-providers.ts'
import type { SettingRows } from './config-reader.ts'
import { type RegistrationSettings, registrationSettings } from './config-registration.ts'
import { type TlsSettings, tlsSettings } from './config-tls.ts'

/** The settings as they are set, one value each. A configuration file uses these names. */
export interface Settings
  extends AssuranceSettings,
    GeoSettings,
    InvitationSettings,
    LimitSettings,
    MailSettings,
    OutboundSettings,
    PasswordSettings,
    ProofSettings,
    ProviderSettings,
    RegistrationSettings,
    TlsSettings {
  port: number
  host: string
  issuer: string
  dataFolder: string
  database: kinds.Database
  postgresPoolMax: number
  redis: Secret | null
  secrets: Secret | null
  audiences: readonly string[]
  allowedHosts: readonly string[]
  allowedOrigins: readonly string[]
  cookieDomain: string | null
  trustedProxies: readonly string[]
  proxyHeader: 'x-forwarded-for' | 'forwarded'
  credentialPrefix: string
  environment: 'live' | 'test'
  signingAlgorithm: SigningAlgorithm
  hs256Secret: Secret | null
  keyRotationDays: number
  keyPublishSeconds: number
  accessTokenLifetimeSeconds: number
  dangerouslyLongAccessTokens: boolean
  sessionIdleSeconds: number
  sessionLifetimeSeconds: number
  sessionsPerAccountMax: number
  refreshLifetimeSeconds: number
  refreshIdleSeconds: number
  refreshGraceSeconds: number
  apiKeysPerOwnerMax: number
  leaseSeconds: number
  signUp: 'open' | 'closed'
  mfa: 'off' | 'optional' | 'required'
  mfaRoles: readonly string[]
  trustedDeviceDays: number
  passkeyRpId: string
  passkeyOrigins: readonly string[]
  bodyBytesMax: number
  logLevel: LogLevel
  metricsPublic: boolean
  brandLogo: string | null
  consoleFolder: string
}

const DAY_SECONDS = 86_400
/** Beside this room, in a checkout as in an install. */
const builtConsole = fileURLToPath(new URL('../../console/dist', import.meta.url))

export const settings: SettingRows<Settings> = {
  port: {
    kind: kinds.integer(0, 65_535),
    fallback: 4000,
    reason: 'Where the server listens. 0 takes any free port.',
  },
  host: {
    kind: kinds.pattern('a host name or an address of this machine', /^[A-Za-z0-9.:_-]{1,255}$/),
    fallback: 'localhost',
    reason: 'The address it listens on. The default is reached from this machine only.',
  },
  ...tlsSettings,
  issuer: {
    kind: kinds.issuer,
    fallback: ({ port, tlsCert }) => `${tlsCert === null ? 'http' : 'https'}://localhost:${port}`,
    fallbackText: 'http://localhost:<port>, or https with a certificate',
    reason:
      'The name that credentials are issued under, and the base of all URLs. Verifiers compare it exactly.',
  },
  dataFolder: {
    variable: 'COUNTERSIGN_DATA',
    kind: kinds.folderPath,
    fallback: (_, folder) => resolve(folder, 'data'),
    fallbackText: './data',
    reason: 'Holds the embedded database and the root secret; made on the first start, for its owner only.',
  },
  database: {
    kind: kinds.database,
    fallback: ({ dataFolder }) => ({ kind: 'sqlite', file: join(dataFolder, 'countersign.db') }),
    fallbackText: 'sqlite:<data folder>/countersign.db',
    reason: 'The embedded database suffices for one machine; Postgres serves several nodes.',
    secret: true,
  },
  postgresPoolMax: {
    kind: kinds.integer(1, 200),
    fallback: 10,
    reason: 'Connections of this node to Postgres. All nodes together must stay below its own limit.',
  },
  redis: {
    kind: kinds.redisUrl,
    fallback: null,
    fallbackText: 'none',
    reason:
      'A Redis or Valkey in which nodes share the counters of limits. Without it, and while it is away, every node counts for itself.',
    secret: true,
  },
  secrets: {
    kind: kinds.rootSecrets,
    fallback: null,
    fallbackText: 'made on the first start with the embedded database; required with Postgres',
    reason: 'Root of all peppers and encryption keys, kept outside the database. Keep old ones until unused.',
    secret: true,
  },
  audiences: {
    kind: kinds.audiences,
    fallback: ({ issuer }) => [issuer],
    fallbackText: 'the issuer',
    reason: 'Where session tokens are good, and other credentials unless they say otherwise.',
  },
  allowedHosts: {
    kind: kinds.hosts,
    fallback: [],
    fallbackText: 'none but the host of the issuer',
    reason: 'Further values of `Host` that are answered. Others are refused, which stops DNS rebinding.',
  },
  allowedOrigins: {
    kind: kinds.origins,
    fallback: [],
    fallbackText: 'none',
    reason: 'Pages of other origins that may call with cookies (CORS, ASVS 3.4.2).',
  },
  cookieDomain: {
    kind: kinds.cookieDomain,
    fallback: null,
    fallbackText: 'none: the session cookie stays with the host of the issuer',
    reason:
      'Hosts at and under it get the session cookie too, so that they can be signed in to at once. All of them must be yours: each can read it.',
  },
  trustedProxies: {
    kind: kinds.proxies,
    fallback: [],
    fallbackText: 'none',
    reason: 'Proxies whose word about the client address and scheme is believed (ASVS 15.3.4).',
  },
  proxyHeader: {
    kind: kinds.choice('x-forwarded-for', 'forwarded'),
    fallback: 'x-forwarded-for',
    reason: "The one header that these proxies set. The other one is the client's own and never read.",
  },
  credentialPrefix: {
    kind: kinds.pattern('2 to 12 characters of a-z and 0-9, a letter first', /^[a-z][a-z0-9]{1,11}$/),
    fallback: 'cs',
    reason:
      'Begins every session token, refresh token and API key, so that secret scanners know whose it is.',
  },
  environment: {
    kind: kinds.choice('live', 'test'),
    fallback: 'live',
    reason: 'Is part of every opaque credential: one from a test is refused here before anything is asked.',
  },
  signingAlgorithm: {
    kind: kinds.choice(...signingAlgorithms),
    fallback: 'ES256',
    reason: 'For new access tokens. HS256 is for sharing a key with software that knows nothing else.',
  },
  hs256Secret: {
    kind: kinds.hmacKey,
    fallback: null,
    fallbackText: 'a random one',
    reason: 'The key to share with HS256. Human passwords are refused (RFC 8725 §3.5).',
    secret: true,
  },
  keyRotationDays: {
    kind: kinds.integer(1, 365),
    fallback: 90,
    reason: 'How long a signing key signs before the next one takes over.',
  },
  keyPublishSeconds: {
    kind: kinds.integer(0, 7 * DAY_SECONDS),
    fallback: 3600,
    reason: 'How long a key is published before it signs; longer than anybody caches the key set.',
  },
  accessTokenLifetimeSeconds: {
    kind: kinds.integer(60, DAY_SECONDS),
    fallback: ACCESS_TOKEN_LIFETIME_SECONDS,
    reason: 'How long readers that check signatures alone may believe a revoked token. At most 3600.',
  },
  dangerouslyLongAccessTokens: {
    kind: kinds.flag,
    fallback: false,
    reason: 'Lifts that limit to a day.',
  },
  sessionLifetimeSeconds: {
    kind: kinds.integer(1, 30 * DAY_SECONDS),
    fallback: DAY_SECONDS,
    reason: 'A session ends then, however it is used: a day at AAL2 (NIST SP 800-63B-4 §2.2.3), 30 at AAL1.',
  },
  sessionIdleSeconds: {
    kind: kinds.integer(1, 30 * DAY_SECONDS),
    fallback: ({ sessionLifetimeSeconds }) => Math.min(3600, sessionLifetimeSeconds),
    fallbackText: '3600, or the lifetime where that is shorter',
    reason: 'A session ends when it is not used for this long: an hour at AAL2 (NIST SP 800-63B-4 §2.2.3).',
  },
  sessionsPerAccountMax: {
    kind: kinds.integer(1, 1000),
    fallback: 50,
    reason: 'Opening one more ends the one that was unused for longest (ASVS 7.1.2).',
  },
  refreshLifetimeSeconds: {
    kind: kinds.integer(1, 365 * DAY_SECONDS),
    fallback: 30 * DAY_SECONDS,
    reason: 'A sign-in with a refresh token ends then, however often it is refreshed (ASVS 10.4.8).',
  },
  refreshIdleSeconds: {
    kind: kinds.integer(1, 365 * DAY_SECONDS),
    fallback: ({ refreshLifetimeSeconds }) => Math.min(14 * DAY_SECONDS, refreshLifetimeSeconds),
    fallbackText: '1209600, or the lifetime where that is shorter',
    reason: 'It ends when it is not refreshed for this long.',
  },
  refreshGraceSeconds: {
    kind: kinds.integer(0, 60),
    fallback: 30,
    reason:
      'An honest retry with a used refresh token gets the same successor this long. 0 is strict (FAPI).',
  },
  apiKeysPerOwnerMax: {
    kind: kinds.integer(1, 1000),
    fallback: 50,
    reason: 'Keys that nobody remembers are keys that nobody revokes.',
  },
  leaseSeconds: {
    kind: kinds.integer(1, 60),
    fallback: 5,
    reason: 'The longest that a verifier which was cut off goes on accepting from memory.',
  },
  signUp: {
    kind: kinds.choice('open', 'closed'),
    fallback: 'open',
    reason: 'Whether people create accounts by themselves, or administrators create them.',
  },
  mfa: {
    kind: kinds.choice('off', 'optional', 'required'),
    fallback: 'optional',
    reason:
      'Where it is `required`, whoever has no second factor enrols one while signing in (ASVS 6.3.3). With `off` there are no new ones; those that exist are still asked for.',
  },
  mfaRoles: {
    kind: kinds.list('roles', isRoleId),
    fallback: [],
    fallbackText: 'none',
    reason: 'Roles whose holders need a second factor, also where it is optional for others.',
  },
  trustedDeviceDays: {
    kind: kinds.integer(0, 90),
    fallback: 0,
    fallbackText: '0: always asked',
    reason:
      'For how many days a browser may be spared the second factor after somebody has presented one in it and ticked the box. Nowhere where a factor is demanded, and such a session is one with a password alone (NIST SP 800-63B-4 §3.2).',
  },
  passkeyRpId: {
    kind: kinds.passkeyRpId,
    fallback: ({ issuer }) => new URL(issuer).hostname,
    fallbackText: 'the host name of the issuer',
    reason:
      'The domain that passkeys belong to (WebAuthn RP ID). Once it is changed, no passkey that was made before works.',
  },
  passkeyOrigins: {
    kind: kinds.passkeyOrigins,
    fallback: ({ issuer }) => [issuer],
    fallbackText: 'the issuer',
    reason: 'Pages that may ask for passkeys, each at that domain or under it; compared exactly.',
  },
  ...passwordSettings,
  ...assuranceSettings,
  ...invitationSettings,
  ...geoSettings,
  ...outboundSettings,
  ...proofSettings,
  ...providerSettings,
  ...registrationSettings,
  ...limitSettings,
  ...mailSettings,
  bodyBytesMax: {
    kind: kinds.integer(1024, 1_048_576),
    fallback: 65_536,
    reason: 'The largest request body that is read.',
  },
  logLevel: {
    kind: kinds.choice(...logLevels),
    fallback: 'info',
    reason: 'How much is logged; `info` has one line per request.',
  },
  metricsPublic: {
    kind: kinds.flag,
    fallback: false,
    reason: 'Whether /metrics answers others than this machine (ASVS 13.4.5).',
  },
  brandLogo: {
    kind: kinds.filePath,
    fallback: null,
    fallbackText: 'two ticks in the colour',
    reason: 'The path of an SVG or PNG file, square and below 256 KiB, that pages show as their mark.',
  },
  consoleFolder: {
    kind: kinds.folderPath,
    fallback: () => builtConsole,
    fallbackText: 'where `npm run build` puts it',
    reason: 'The built files of the account pages and the console. An empty folder switches them off.',
  },
}
