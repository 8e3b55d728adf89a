import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { type Config, parseConfig } from './config.ts'

const folder = resolve('/srv/countersign')
const strong = (): string => randomBytes(32).toString('base64url')
const env = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`COUNTERSIGN_${name}`, value]))

function mistakesOf(environment: Record<string, string>): readonly string[] {
  const parsed = parseConfig(environment, null, { folder })
  return parsed.ok ? [] : parsed.mistakes
}

function configOf(environment: Record<string, string>): Config {
  const parsed = parseConfig(environment, null, { folder })
  assert.ok(parsed.ok, JSON.stringify(parsed))
  return parsed.config
}

test('every kind of wrong value is refused, naming the setting, what it must be and what it is', () => {
  const wrong: [name: string, value: string][] = [
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '4000.5'],
    ['PORT', '0x10'],
    ['PORT', '1e3'],
    ['HOST', 'local host'],
    ['ISSUER', 'auth.example.com'],
    ['ISSUER', 'ftp://auth.example.com'],
    ['ISSUER', 'http://auth.example.com'],
    ['ISSUER', 'http://127.0.0.1.example.com'],
    ['ISSUER', 'http://localhost.example.com'],
    ['ISSUER', 'https://auth.example.com/'],
    ['ISSUER', 'https://auth.example.com/tenant'],
    ['ISSUER', 'https://auth.example.com?x=1'],
    ['ISSUER', 'https://auth.example.com#x'],
    ['ISSUER', 'https://Auth.Example.com'],
    ['ISSUER', 'https://auth.example.com:443'],
    ['ISSUER', 'https://me:pw@auth.example.com'],
    ['AUDIENCES', 'a b'],
    ['AUDIENCES', 'a,,b'],
    ['ALLOWED_HOSTS', 'https://x.example'],
    ['ALLOWED_HOSTS', 'x_y'],
    ['ALLOWED_ORIGINS', '*'],
    ['ALLOWED_ORIGINS', 'https://app.example.com/'],
    ['ALLOWED_ORIGINS', 'http://app.example.com'],
    ['ALLOWED_ORIGINS', 'null'],
    ['TRUSTED_PROXIES', '0.0.0.0/0'],
    ['TRUSTED_PROXIES', 'true'],
    ['PROXY_HEADER', 'x-real-ip'],
    ['CREDENTIAL_PREFIX', 'C'],
    ['CREDENTIAL_PREFIX', 'with_underscore'],
    ['ENVIRONMENT', 'production'],
    ['SIGNING_ALGORITHM', 'none'],
    ['SIGNING_ALGORITHM', 'es256'],
    ['ACCESS_TOKEN_LIFETIME_SECONDS', '59'],
    ['ACCESS_TOKEN_LIFETIME_SECONDS', '86401'],
    ['REFRESH_GRACE_SECONDS', '61'],
    ['LEASE_SECONDS', '0'],
    ['LEASE_SECONDS', '61'],
    ['SIGN_UP', 'yes'],
    ['PASSWORD_LENGTH_MIN', '8'],
    ['PASSWORD_HASH_CONCURRENCY', '0'],
    ['PASSWORD_SCORE_MIN', '5'],
    ['BREACHED_PASSWORDS_URL', 'api.example.com/range'],
    ['BREACHED_PASSWORDS_URL', 'http://api.example.com/range'],
    ['BREACHED_PASSWORDS_URL', 'http://localhost.example.com/range'],
    ['BREACHED_PASSWORDS_URL', 'file:///etc/passwd'],
    ['BREACHED_PASSWORDS_URL', 'https://me:pw@api.example.com/range'],
    ['BREACHED_PASSWORDS_URL', 'https://api.example.com/range?mode=ntlm'],
    ['BREACHED_PASSWORDS_URL', 'https://api.example.com/range#x'],
    ['BREACHED_PASSWORDS_TIMEOUT_MS', '60000'],
    ['BREACHED_PASSWORDS_WHEN_DOWN', 'ignore'],
    ['BREACHED_PASSWORDS_AT_SIGN_IN', 'yes'],
    ['RATE_LIMIT_SIGN_IN', 'off'],
    ['RATE_LIMIT_SIGN_IN', '0/60'],
    ['RATE_LIMIT_TOKEN', '10'],
    ['BODY_BYTES_MAX', '1000000000'],
    ['LOG_LEVEL', 'loud'],
    ['METRICS_PUBLIC', 'perhaps'],
  ]

  for (const [name, value] of wrong) {
    const mistakes = mistakesOf(env({ [name]: value }))
    const [mistake = ''] = mistakes
    assert.equal(mistakes.length, 1, `${name}=${value}: ${mistakes}`)
    assert.ok(mistake.startsWith(`COUNTERSIGN_${name} must b`), mistake)
    assert.ok(mistake.includes(JSON.stringify(value)), mistake)
  }
})

test('right values of every kind are read', () => {
  const key = strong()
  const config = configOf(
    env({
      ISSUER: 'https://auth.example.com',
      DATA: 'state',
      DATABASE: 'postgres://me:pw@db.example/auth?sslmode=verify-full',
      REDIS: 'rediss://cache.example:6380',
      AUDIENCES: 'https://api.example.com, urn:pool',
      ALLOWED_ORIGINS: 'https://app.example.com,http://localhost:5173',
      TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::/32',
      PROXY_HEADER: 'forwarded',
      CREDENTIAL_PREFIX: 'gym',
      ENVIRONMENT: 'test',
      SIGNING_ALGORITHM: 'HS256',
      HS256_SECRET: key,
      PASSWORD_HASH_CONCURRENCY: 'auto',
      BREACHED_PASSWORDS_URL: 'https://api.example.com/range',
      RATE_LIMIT_SIGN_IN: 'dangerously-off',
      RATE_LIMIT_SIGN_IN_ACCOUNT: '5/300',
      METRICS_PUBLIC: 'true',
    }),
  )

  assert.ok(config.database.kind === 'postgres')
  assert.equal(config.database.url.reveal(), 'postgres://me:pw@db.example/auth?sslmode=verify-full')
  assert.equal(config.dataFolder, join(folder, 'state'))
  assert.deepEqual(config.audiences, ['https://api.example.com', 'urn:pool'])
  assert.deepEqual(config.credentialStyle, { prefix: 'gym', environment: 'test' })
  assert.equal(config.hs256Secret?.reveal(), key)
  assert.equal(config.breachedPasswordsUrl, 'https://api.example.com/range')
  assert.equal(config.limits.sign_in, null)
  assert.deepEqual(config.limits.sign_in_account, { points: 5, perSeconds: 300 })
  assert.equal(config.metricsPublic, true)
  assert.doesNotMatch(inspect(config, { depth: 9 }) + JSON.stringify(config), new RegExp(`me:pw|${key}`))
})

test('the database is a file below the working folder, an absolute one, or Postgres', () => {
  const fileOf = (text: string) => {
    const { database } = configOf(env({ DATABASE: text }))
    return database.kind === 'sqlite' ? database.file : database.kind
  }

  assert.equal(fileOf('sqlite:db/x.db'), join(folder, 'db', 'x.db'))
  assert.equal(fileOf('sqlite:/var/x.db'), resolve('/var/x.db'))
  assert.equal(fileOf('sqlite:///var/x.db'), resolve('/var/x.db'))
  assert.equal(fileOf('postgresql://db.example/auth'), 'postgres')
  for (const text of ['sqlite:', 'sqlite::memory:', 'x.db', 'postgres:', 'postgres://']) {
    assert.equal(mistakesOf(env({ DATABASE: text })).length, 1, text)
  }
})

test('loopback issuers may be plain http', () => {
  for (const issuer of [
    'http://localhost:4000',
    'http://127.0.0.1:4000',
    'http://[::1]:4000',
    'http://gym.localhost',
  ]) {
    assert.equal(configOf(env({ ISSUER: issuer })).issuer, issuer)
  }
})
