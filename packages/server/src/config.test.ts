import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Config, describeSettings, parseConfig } from './config.ts'
import type { ConfigFile } from './config-reader.ts'

const folder = resolve('/srv/countersign')
const strong = (): string => randomBytes(32).toString('base64url')
const env = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`COUNTERSIGN_${name}`, value]))

function mistakesOf(environment: Record<string, string>, file: ConfigFile | null = null): readonly string[] {
  const parsed = parseConfig(environment, file, { folder })
  return parsed.ok ? [] : parsed.mistakes
}

function configOf(environment: Record<string, string>, file: ConfigFile | null = null): Config {
  const parsed = parseConfig(environment, file, { folder })
  assert.ok(parsed.ok, JSON.stringify(parsed))
  return parsed.config
}

const file = (values: Record<string, unknown>): ConfigFile => ({ path: 'countersign.config.json', values })

test('all mistakes are told together, those of the file too', () => {
  const mistakes = mistakesOf(
    env({ PORT: 'x', LOG_LEVEL: 'loud', ISUER: 'https://x.example' }),
    file({ signUp: 'maybe', prot: 1, bodyBytesMax: '4k' }),
  )

  assert.deepEqual([...mistakes].sort(), [
    'COUNTERSIGN_ISUER is no setting; did you mean COUNTERSIGN_ISSUER?',
    'COUNTERSIGN_LOG_LEVEL must be one of `debug`, `info`, `warn`, `error`, `silent`; it is "loud".',
    'COUNTERSIGN_PORT must be a whole number from 0 to 65535; it is "x".',
    'bodyBytesMax in countersign.config.json must be a whole number from 1024 to 1048576; it is "4k".',
    'prot in countersign.config.json is no setting; did you mean port?',
    'signUp in countersign.config.json must be one of `open`, `closed`; it is "maybe".',
  ])
})

test('no mistake shows the value of a secret', () => {
  const canary = 'hunter2-canary'
  const wrong = [
    env({ SECRETS: `1:${canary}` }),
    env({ SECRETS: canary }),
    env({ HS256_SECRET: canary, SIGNING_ALGORITHM: 'HS256' }),
    env({ HS256_SECRET: 'hunter2-canary-hunter2-canary-hunter2-canary-x', SIGNING_ALGORITHM: 'HS256' }),
    env({ DATABASE: `mysql://root:${canary}@db/x` }),
    env({ DATABASE: `postgres://:${canary}@` }),
    env({ REDIS: `http://:${canary}@db` }),
  ]

  for (const environment of wrong) {
    const mistakes = mistakesOf(environment)
    assert.equal(mistakes.length, 1, JSON.stringify(environment))
    assert.doesNotMatch(mistakes.join(), new RegExp(canary))
  }
  assert.doesNotMatch(mistakesOf({}, file({ secrets: canary, redis: [canary] })).join(), new RegExp(canary))
})

test('a hostile value is shown short and on one line', () => {
  const [mistake = ''] = mistakesOf(env({ HOST: `\u001b[31m\n\u009b${'x'.repeat(10_000)}` }))

  assert.match(mistake, /^[^\p{Cc}]{1,200}$/u)
})

test('unknown variables are named with the nearest setting, and foreign ones only as unknown', () => {
  assert.deepEqual(mistakesOf(env({ TRUSTED_PROXY: '10.0.0.1' })), [
    'COUNTERSIGN_TRUSTED_PROXY is no setting; did you mean COUNTERSIGN_TRUSTED_PROXIES?',
  ])
  assert.deepEqual(mistakesOf(env({ PORT_FILE: 'x' })).length, 1)
  assert.deepEqual(mistakesOf(env({ XYZZYXYZZY: '1' })), ['COUNTERSIGN_XYZZYXYZZY is no setting.'])
  assert.deepEqual(mistakesOf({ COUNTERSIGNPORT: '1', countersign_port: '2', PATH: '/bin' }), [])
  assert.ok(parseConfig(env({ URL: 'x' }), null, { alsoKnown: ['COUNTERSIGN_URL'] }).ok)
})

test('what Kubernetes sets for a service called countersign is ignored, or explained', () => {
  const links = env({ SERVICE_HOST: '10.0.0.1', SERVICE_PORT: '4000', PORT_4000_TCP_ADDR: '10.0.0.1' })

  assert.deepEqual(mistakesOf(links), [])
  assert.match(mistakesOf(env({ PORT: 'tcp://10.0.0.1:4000' })).join(), /enableServiceLinks/)
})

test('settings that contradict one another are refused', () => {
  const wrong: [environment: Record<string, string>, words: RegExp][] = [
    [{ ACCESS_TOKEN_LIFETIME_SECONDS: '3601' }, /DANGEROUSLY_LONG_ACCESS_TOKENS=true/],
    [{ HS256_SECRET: strong() }, /SIGNING_ALGORITHM is not HS256/],
    [{ REFUSAL_HINTS: 'development', ISSUER: 'https://id.example.com' }, /REFUSAL_HINTS/],
    [{ SESSION_IDLE_SECONDS: '7200', SESSION_LIFETIME_SECONDS: '3600' }, /SESSION_IDLE_SECONDS is longer/],
    [{ REFRESH_IDLE_SECONDS: '7200', REFRESH_LIFETIME_SECONDS: '3600' }, /REFRESH_IDLE_SECONDS is longer/],
    [{ KEY_ROTATION_DAYS: '1', KEY_PUBLISH_SECONDS: '86400' }, /not shorter/],
    [{ PASSWORD_HASH_CONCURRENCY: '4' }, /UV_THREADPOOL_SIZE/],
    [{ MFA: 'off', MFA_ROLES: 'administrator' }, /MFA_ROLES is set, but COUNTERSIGN_MFA is off/],
    [{ SMTP_URL: 'smtp://localhost' }, /go together/],
    [{ EMAIL_VERIFICATION: 'required', ISSUER: 'https://auth.example.com' }, /nobody could sign up/],
    [{ MAIL_FROM: 'auth@example.com' }, /go together/],
    [{ PORT: '0' }, /set COUNTERSIGN_ISSUER/],
  ]

  for (const [values, words] of wrong) {
    const mistakes = mistakesOf(env(values))
    assert.equal(mistakes.length, 1, JSON.stringify(values))
    assert.match(mistakes[0] ?? '', words)
  }
  assert.deepEqual(mistakesOf({ ...env({ PASSWORD_HASH_CONCURRENCY: '4' }), UV_THREADPOOL_SIZE: '8' }), [])
})

test('a shortened lifetime shortens the idle time that nobody set', () => {
  const config = configOf(env({ SESSION_LIFETIME_SECONDS: '2', REFRESH_LIFETIME_SECONDS: '60' }))

  assert.deepEqual([config.sessionIdleSeconds, config.refreshIdleSeconds], [2, 60])
})

test('a token may live longer than an hour only with the setting named for the danger, and never a year', () => {
  const long = env({ ACCESS_TOKEN_LIFETIME_SECONDS: '86400', DANGEROUSLY_LONG_ACCESS_TOKENS: 'true' })

  assert.equal(configOf(long).accessTokenLifetimeSeconds, 86_400)
  assert.equal(
    mistakesOf({ ...long, ...env({ ACCESS_TOKEN_LIFETIME_SECONDS: `${365 * 86_400}` }) }).length,
    1,
  )
})

test('a secret may come from a file, but not from two places', () => {
  const text = `1:${strong()}`
  const read = (environment: Record<string, string>, readFile: (path: string) => string) =>
    parseConfig(environment, null, { folder, readFile })
  const missing = (): string => {
    throw Object.assign(new Error(`ENOENT ${text}`), { code: 'ENOENT' })
  }

  const both = read(env({ SECRETS: text, SECRETS_FILE: '/run/s' }), () => text)
  const absent = read(env({ SECRETS_FILE: '/run/s' }), missing)
  const empty = read(env({ SECRETS_FILE: '/run/s' }), () => '\n')
  const weak = read(env({ SECRETS_FILE: '/run/s' }), () => '1:weak')
  const good = read(env({ SECRETS_FILE: '/run/s' }), (path) => (path === '/run/s' ? `${text}\r\n` : ''))

  assert.deepEqual(both, {
    ok: false,
    mistakes: ['COUNTERSIGN_SECRETS and COUNTERSIGN_SECRETS_FILE are both set; keep one.'],
  })
  assert.deepEqual(absent, {
    ok: false,
    mistakes: ['COUNTERSIGN_SECRETS_FILE names a file that cannot be read (ENOENT).'],
  })
  assert.ok(!empty.ok && !weak.ok)
  assert.ok(good.ok)
  assert.equal(good.config.secrets?.reveal(), text)
})

test('without anything set there is a safe server on loopback', () => {
  const { origins, ...config } = configOf({})

  assert.deepEqual([...new Set(Object.values(origins).map(({ source }) => source))], ['default'])

  assert.deepEqual(
    {
      ...config,
      database: config.database.kind === 'sqlite' ? config.database.file : '',
    },
    {
      port: 4000,
      host: 'localhost',
      tlsCert: null,
      tlsKey: null,
      issuer: 'http://localhost:4000',
      dataFolder: join(folder, 'data'),
      database: join(folder, 'data', 'countersign.db'),
      postgresPoolMax: 10,
      redis: null,
      secrets: null,
      audiences: ['http://localhost:4000'],
      allowedHosts: [],
      allowedOrigins: [],
      cookieDomain: null,
      trustedProxies: [],
      proxyHeader: 'x-forwarded-for',
      credentialStyle: { prefix: 'cs', environment: 'live' },
      signingAlgorithm: 'ES256',
      hs256Secret: null,
      keyRotationSeconds: 7_776_000,
      keyPublishSeconds: 3600,
      accessTokenLifetimeSeconds: 900,
      sessionIdleSeconds: 3600,
      sessionLifetimeSeconds: 86_400,
      sessionsPerAccountMax: 50,
      refreshLifetimeSeconds: 2_592_000,
      refreshIdleSeconds: 1_209_600,
      refreshGraceSeconds: 30,
      apiKeysPerOwnerMax: 50,
      leaseSeconds: 5,
      signUp: 'open',
      mfa: 'optional',
      mfaRoles: [],
      trustedDeviceDays: 0,
      assurance: 'off',
      assuranceRoles: [],
      invitationsPerSenderMax: 100,
      invitationsMax: 1000,
      passkeyRpId: 'localhost',
      passkeyOrigins: ['http://localhost:4000'],
      passwordLengthMin: 15,
      passwordScoreMin: 0,
      breachedPasswordsUrl: null,
      geoDatabase: [],
      outboundHosts: [],
      outboundNetworks: [],
      outboundTimeoutMs: 3000,
      dpopNonces: 'off',
      refusalHints: 'off',
      providers: [],
      clientRegistration: 'off',
      clientRegistrationScopes: ['openid', 'profile', 'email', 'offline_access'],
      clientRegistrationAudiences: [],
      clientRegistrationRedirects: ['https', 'loopback'],
      clientRegistrationUnusedMax: 1000,
      clientRegistrationUnusedHours: 24,
      clientDocuments: 'off',
      breachedPasswordsTimeoutMs: 2000,
      breachedPasswordsWhenDown: 'accept',
      breachedPasswordsAtSignIn: 'require_change',
      passwordHashConcurrency: null,
      mailLanguage: 'en',
      brandName: 'Countersign',
      brandColor: '#2748c9',
      rateLimitMail: { points: 5, perSeconds: 900 },
      signInNetworkFailures: 50,
      emailVerification: 'off',
      mail: { kind: 'development' },
      limits: {
        registration: { points: 20, perSeconds: 3600 },
        sign_in: { points: 100, perSeconds: 60 },
        sign_in_account: { points: 20, perSeconds: 60 },
        factor: { points: 100, perSeconds: 60 },
        passkey: { points: 100, perSeconds: 60 },
        client: { points: 20, perSeconds: 60 },
        sign_up: { points: 60, perSeconds: 60 },
        password_check: { points: 120, perSeconds: 60 },
        token: { points: 600, perSeconds: 60 },
      },
      bodyBytesMax: 65_536,
      logLevel: 'info',
      metricsPublic: false,
      brandLogo: null,
      consoleFolder: fileURLToPath(new URL('../../console/dist', import.meta.url)),
    },
  )
})

test('the environment wins over the file, the file over the default, and empty is not set', () => {
  const values = file({ port: 5000, logLevel: 'warn', allowedHosts: ['a.example', 'b.example:8443'] })

  const config = configOf(env({ PORT: '6000', LOG_LEVEL: '', HOST: '' }), values)

  assert.equal(config.port, 6000)
  assert.equal(config.issuer, 'http://localhost:6000')
  assert.equal(config.logLevel, 'warn')
  assert.equal(config.host, 'localhost')
  assert.deepEqual(config.allowedHosts, ['a.example', 'b.example:8443'])
})

test('the help names every setting once, with its variables, default and reason, and marks the secrets', () => {
  const rows = describeSettings()
  const variables = rows.flatMap((row) => row.variables)

  assert.equal(new Set(variables).size, variables.length)
  for (const name of [
    'PORT',
    'HOST',
    'ISSUER',
    'DATA',
    'DATABASE',
    'REDIS',
    'DATABASE_FILE',
    'SECRETS_FILE',
  ]) {
    assert.ok(variables.includes(`COUNTERSIGN_${name}`), name)
  }
  for (const row of rows) {
    assert.match(row.reason, /^[A-Z0-9].*\.$/s, row.key)
    assert.doesNotMatch(row.fallback, /=>|\[object|^$/, row.key)
    assert.notEqual(row.accepts, '')
  }
  assert.deepEqual(
    rows.filter((row) => row.secret).map((row) => row.key),
    ['database', 'redis', 'secrets', 'hs256Secret', 'providers', 'smtpUrl'],
  )
})

test('a cookie domain that is no domain, or not one above the issuer, is refused', () => {
  const issuer = { ISSUER: 'https://auth.gym.example.com' }
  const refused = [
    'com',
    'localhost',
    '.example.com',
    'example.com.',
    'Example.com',
    '127.0.0.1',
    '10.1',
    '[::1]',
    'example.com:4000',
    'https://example.com',
    'exa mple.com',
    'example.com; Secure',
    '-x.example.com',
    'example..com',
    `${'x'.repeat(64)}.example.com`,
    // Well-formed, and not above the issuer.
    'pool.example.com',
    'ample.com',
    'www.auth.gym.example.com',
    'example.org',
  ]

  for (const domain of refused) {
    const mistakes = mistakesOf(env({ ...issuer, COOKIE_DOMAIN: domain }))
    assert.equal(mistakes.length, 1, domain)
    assert.match(mistakes.join(), /^COUNTERSIGN_COOKIE_DOMAIN /)
  }
  for (const domain of ['auth.gym.example.com', 'gym.example.com', 'example.com']) {
    assert.equal(configOf(env({ ...issuer, COOKIE_DOMAIN: domain })).cookieDomain, domain)
  }
  assert.equal(configOf(env(issuer)).cookieDomain, null)
  assert.match(mistakesOf(env({ COOKIE_DOMAIN: 'example.com' })).join(), /neither the host/)
})
