/** The list of services that people may sign in with: what is refused, in words that hold no secret. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig } from './config.ts'

const SECRET = 'GOCSPX-nobody-may-read-this'
const google = { kind: 'google', clientId: 'an-app', clientSecret: SECRET }

function mistakeOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const parsed = parseConfig({ COUNTERSIGN_DATA: '/nowhere', COUNTERSIGN_PROVIDERS: text })
  return parsed.ok ? '' : parsed.mistakes.join('\n')
}

const wrong: readonly (readonly [string, unknown, RegExp])[] = [
  ['no JSON', '{', /must be a JSON list/],
  ['no list', { kind: 'google' }, /must be a JSON list/],
  [
    'more than twenty',
    Array.from({ length: 21 }, (_, n) => ({ ...google, id: `g-${n}` })),
    /must be a JSON list/,
  ],
  ['an unknown kind', [{ ...google, kind: 'gogle' }], /entry 1 whose `kind`/],
  ['no secret', [{ kind: 'google', clientId: 'an-app' }], /entry 1 whose `clientSecret`/],
  ['an empty secret', [{ ...google, clientSecret: '' }], /entry 1 whose `clientSecret`/],
  ['a member that none has', [{ ...google, client_id: 'x' }], /a member in its entry 1/],
  ['a member of another kind', [{ ...google, issuer: 'https://id.example' }], /a member in its entry 1/],
  ['two alike', [google, google], /names two providers alike/],
  ['an id that is none', [{ ...google, id: 'Google!' }], /entry 1 whose `id`/],
  ['an id of a prototype', [{ ...google, id: '__proto__' }], /entry 1 whose `id`/],
  ['Microsoft for everybody', [{ ...google, kind: 'microsoft', tenant: 'common' }], /entry 1 whose `tenant`/],
  ['Microsoft without a tenant', [{ ...google, kind: 'microsoft' }], /entry 1 whose `tenant`/],
  ['an issuer in the clear', [oidc({ issuer: 'http://id.example' })], /entry 1 whose `issuer`/],
  ['an issuer with a query', [oidc({ issuer: 'https://id.example/?a=b' })], /entry 1 whose `issuer`/],
  ['an issuer with a user name', [oidc({ issuer: 'https://a@id.example' })], /entry 1 whose `issuer`/],
  ['no name for a button', [oidc({ name: undefined })], /entry 1 whose `name`/],
  ['a name of blanks', [oidc({ name: '   ' })], /entry 1 whose `name`/],
  ['a scope with a space', [{ ...google, scopes: ['openid email'] }], /entry 1 whose `scopes.0`/],
  ['the second one', [google, oidc({ issuer: 'id.example' })], /entry 2 whose `issuer`/],
]

function oidc(more: object): object {
  return { ...google, kind: 'oidc', id: 'gym', name: 'The gym', issuer: 'https://gym.example', ...more }
}

for (const [what, value, words] of wrong) {
  test(`a list with ${what} is refused in words, without the secret`, () => {
    const mistake = mistakeOf(value)

    assert.match(mistake, /^COUNTERSIGN_PROVIDERS /)
    assert.match(mistake, words)
    assert.equal(mistake.includes(SECRET), false)
  })
}

test('each kind is taken with the least that it needs, and is called as people call it', () => {
  const list = [
    google,
    { ...google, kind: 'github' },
    { ...google, kind: 'facebook' },
    { ...google, kind: 'microsoft', tenant: '9d3a1c1e-5f0b-4a63-9a0b-0b5a7a1f2c3d' },
    oidc({}),
    { ...google, id: 'google-staff', name: 'Google for staff' },
  ]
  const parsed = parseConfig({ COUNTERSIGN_DATA: '/nowhere', COUNTERSIGN_PROVIDERS: JSON.stringify(list) })

  assert.ok(parsed.ok)
  assert.deepEqual(
    parsed.config.providers.map(({ id, name }) => [id, name]),
    [
      ['google', 'Google'],
      ['github', 'GitHub'],
      ['facebook', 'Facebook'],
      ['microsoft', 'Microsoft'],
      ['gym', 'The gym'],
      ['google-staff', 'Google for staff'],
    ],
  )
  assert.equal(JSON.stringify(parsed.config).includes(SECRET), false)
})

test('a configuration file holds the list as it is', () => {
  const file = { path: 'countersign.config.ts', values: { providers: [google] } }
  const parsed = parseConfig({ COUNTERSIGN_DATA: '/nowhere' }, file)

  assert.ok(parsed.ok)
  assert.equal(parsed.config.providers[0]?.clientSecret.reveal(), SECRET)
})
