import assert from 'node:assert/strict'
import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Secret } from '@countersign/protocol'
import { createSecrets } from './secrets.ts'

const first = { version: 1, secret: new Uint8Array(32).fill(7) }
const second = { version: 2, secret: new Uint8Array(32).fill(9) }
const old = createSecrets([first])
const both = createSecrets([first, second])
const presented = new Secret('a'.repeat(43))
const other = new Secret('b'.repeat(43))
const grant = 'gra_01k00000000000000000000000'
const session = 'ses_01k00000000000000000000000'

test('a keyring that is empty, doubled or short is refused', () => {
  assert.throws(() => createSecrets([]), /empty/)
  assert.throws(() => createSecrets([first, { ...second, version: 1 }]), /version 1 twice/)
  assert.throws(() => createSecrets([{ version: 1, secret: new Uint8Array(31).fill(7) }]), /32 bytes/)
})

test('another secret, a changed digest and a foreign version do not match', () => {
  const stored = both.digest(presented)

  assert.equal(both.matches(other, stored), false)
  for (const altered of [
    '',
    'v2.',
    stored.slice(0, -1),
    `${stored}A`,
    stored.replace('v2', 'v1'),
    stored.replace('v2', 'v3'),
    stored.replace('v2', 'v02'),
    stored.slice(3),
  ]) {
    assert.equal(both.matches(presented, altered), false, altered)
  }
  assert.equal(old.matches(presented, stored), false)
  assert.equal(both.matches(presented, stored), true)
})

test('digests are written under the newest version and found under every known one', () => {
  const [newest, older, ...rest] = both.digests(presented)

  assert.match(both.digest(presented), /^v2\.[A-Za-z0-9_-]{43}$/)
  assert.equal(newest, both.digest(presented))
  assert.equal(older, old.digest(presented))
  assert.deepEqual(rest, [])
  assert.equal(both.matches(presented, old.digest(presented)), true)
})

test('a digest is HMAC-SHA-256 under an HKDF output, as anybody can recompute', () => {
  const key = Buffer.from(hkdfSync('sha256', first.secret, '', 'countersign digest v1', 32))
  const expected = createHmac('sha256', key).update(`["${presented.reveal()}"]`).digest('base64url')

  assert.equal(old.digest(presented), `v1.${expected}`)
})

test('successors differ by grant, generation and presented secret, and repeat exactly', () => {
  const [one] = old.successors(grant, 1, presented)
  const others = [
    old.successors('gra_01k00000000000000000000001', 1, presented),
    old.successors(grant, 2, presented),
    old.successors(grant, 1, other),
    createSecrets([second]).successors(grant, 1, presented),
  ]

  for (const [different] of others) assert.notEqual(different?.reveal(), one?.reveal())
  assert.match(one?.reveal() ?? '', /^[0-9A-Za-z]{43}$/)
  assert.deepEqual(
    both.successors(grant, 1, presented).map((secret) => secret.reveal()),
    [...createSecrets([second]).successors(grant, 1, presented), one].map((secret) => secret?.reveal()),
  )
})

test('one input under two purposes gives two outputs: digest, CSRF token and chain share no key', () => {
  const outputs = [old.digest(new Secret(session)).slice(3), old.csrfToken(session)]
  const key = hkdfSync('sha256', first.secret, '', 'countersign digest v1', 32)
  const chained = createHmac('sha256', Buffer.from(key)).update('["",""]').digest('base64url')

  assert.notEqual(outputs[0], outputs[1])
  assert.notEqual(old.chain('', '').slice(3), chained)
})

test('a name differs by sector, node and version, cannot be shifted between them, and repeats exactly', () => {
  const name = (secrets: typeof both, sector: string, node: string): string =>
    Buffer.from(secrets.alias(sector, node)).toString('hex')
  const names = [
    name(both, 'a.example.com', session),
    name(both, 'b.example.com', session),
    name(both, 'a.example.com', grant),
    name(both, 'a.example.com"', session),
    name(both, `a.example.com${session}`, ''),
    name(old, 'a.example.com', session),
  ]

  assert.equal(new Set(names).size, names.length)
  assert.equal(name(both, 'a.example.com', session), names[0])
  assert.match(names[0] ?? '', /^[0-9a-f]{32}$/)
})

test('a CSRF token is good for its session only, under every known secret', () => {
  const token = old.csrfToken(session)

  for (const wrong of [
    '',
    token.slice(1),
    `${token}A`,
    token.toUpperCase(),
    old.csrfToken('ses_01k00000000000000000000001'),
  ]) {
    assert.equal(both.isCsrfToken(session, wrong), false, wrong)
  }
  assert.equal(both.isCsrfToken(session, token), true)
  assert.equal(both.isCsrfToken(session, both.csrfToken(session)), true)
  assert.notEqual(both.csrfToken(session), token)
})

test('a sealed value that was altered, moved, cut off or sealed by another does not open', () => {
  const sealed = old.seal('the private key', 'sig_1')
  const body = Buffer.from(sealed.slice(3), 'base64url')

  for (let index = 0; index < body.length; index += 1) {
    const altered = Buffer.from(body)
    altered[index] = (altered[index] ?? 0) ^ 1
    assert.throws(() => old.open(`v1.${altered.toString('base64url')}`, 'sig_1'), /altered/)
  }
  assert.throws(() => old.open(sealed, 'sig_2'), /altered/)
  assert.throws(() => old.open(`v1.${body.subarray(0, 27).toString('base64url')}`, 'sig_1'), /cut off/)
  assert.throws(() => both.open(sealed.replace('v1', 'v2'), 'sig_1'), /altered/)
  assert.throws(() => createSecrets([second]).open(sealed, 'sig_1'), /not in the keyring/)
  for (const text of ['', 'v1', 'v1.!', 'plain text'])
    assert.throws(() => old.open(text, 'sig_1'), Error, text)
})

test('a sealed value opens again, under an older secret too, and never looks the same twice', () => {
  const text = 'the private key — ключ 🔑'
  const sealed = old.seal(text, 'sig_1')

  assert.equal(both.open(sealed, 'sig_1'), text)
  assert.match(both.seal(text, 'sig_1'), /^v2\./)
  assert.notEqual(old.seal(text, 'sig_1'), sealed)
  assert.equal(old.open(old.seal('', ''), ''), '')
})

test('a link of the audit chain holds for its predecessor and its event only', () => {
  const hash = old.chain('v1.previous', '{"id":"evt_1"}')

  assert.equal(both.isChained('v1.previou', 's{"id":"evt_1"}', hash), false)
  assert.equal(both.isChained('v1.previous', '{"id":"evt_2"}', hash), false)
  assert.equal(both.isChained('v1.previous', '{"id":"evt_1"}', hash.replace('v1', 'v2')), false)
  assert.equal(createSecrets([second]).isChained('v1.previous', '{"id":"evt_1"}', hash), false)
  assert.equal(both.isChained('v1.previous', '{"id":"evt_1"}', hash), true)
  assert.match(both.chain('', ''), /^v2\.[A-Za-z0-9_-]{43}$/)
})

test('fingerprints tell secrets apart, newest first, and are no part of any key', () => {
  const [newest, older] = both.fingerprints()

  assert.deepEqual(older, old.fingerprints()[0])
  assert.deepEqual([newest?.version, older?.version], [2, 1])
  assert.notEqual(newest?.fingerprint, older?.fingerprint)
  assert.match(newest?.fingerprint ?? '', /^[A-Za-z0-9_-]{22}$/)
})

test('password peppers are newest first, 32 bytes, and stay the same', () => {
  const peppers = createSecrets([second, first]).passwordPeppers()

  assert.deepEqual(peppers, both.passwordPeppers())
  assert.deepEqual(
    peppers.map(({ version, pepper }) => [version, pepper.length]),
    [
      [2, 32],
      [1, 32],
    ],
  )
})

test('ten thousand seals have ten thousand nonces', () => {
  const secrets = createSecrets([{ version: 1, secret: randomBytes(32) }])

  const nonces = new Set(Array.from({ length: 10_000 }, () => secrets.seal('x', 'y').slice(3, 19)))

  assert.equal(nonces.size, 10_000)
})
