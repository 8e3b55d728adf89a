import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import test from 'node:test'
import {
  ALIAS_BYTES,
  isAccountId,
  isApiKeyId,
  isClientId,
  isClientName,
  isPrincipalId,
  isRoleId,
  isSessionId,
  timeOfId,
  toAliasId,
  toId,
} from './ids.ts'

const now = Date.UTC(2026, 10, 22)

test('ids of another kind, case, length or alphabet are refused', () => {
  const id = toId('ses', now, randomBytes(10))
  assert.equal(isSessionId(id), true)
  for (const text of [
    id.toUpperCase(),
    `${id}0`,
    id.slice(0, -1),
    `acc${id.slice(3)}`,
    `${id.slice(0, -1)}u`,
    `${id}\n`,
  ]) {
    assert.equal(isSessionId(text), false, text)
  }
  assert.equal(isApiKeyId(id), false)
  assert.equal(isPrincipalId(id), false)
})

test('ids made later sort later, and tell when they were made', () => {
  const early = toId('acc', now, new Uint8Array(10).fill(255))
  const late = toId('acc', now + 1, new Uint8Array(10))
  assert.ok(isAccountId(early) && isAccountId(late))
  assert.ok(early < late)
  assert.equal(timeOfId(early), now)
  assert.equal(timeOfId(late), now + 1)
})

test('all eighty random bits stand in the id', () => {
  const seen = new Set<string>()
  for (let bit = 0; bit < 80; bit += 1) {
    const random = new Uint8Array(10)
    random[bit >> 3] = 1 << (bit & 7)
    seen.add(toId('key', now, random))
  }
  assert.equal(seen.size, 80)
})

test('names of roles and clients are short, lower case and begin with a letter', () => {
  for (const text of ['', 'A', '1a', 'a b', 'a_b', 'a'.repeat(65), 'a\n', '../x', 'ä']) {
    assert.equal(isRoleId(text), false, text)
    assert.equal(isClientId(text), false, text)
  }
  assert.equal(isRoleId('pool-keeper-2'), true)
})

test('the id of a client that no administrator has named is an https URL with a path, in its one spelling', () => {
  const base = 'https://app.example.com'
  for (const text of [
    'http://app.example.com/client.json',
    base,
    `${base}/`,
    `${base}/client.json?a=b`,
    `${base}/client.json#x`,
    `${base}/a/../client.json`,
    `${base}/a/./client.json`,
    `${base}/%2e%2e/client.json`,
    `${base}//client.json`,
    `${base}/client.json\n`,
    `${base}:443/client.json`,
    `${base}:0443/client.json`,
    `${base}:99999/client.json`,
    `${base}\\client.json`,
    'https://App.example.com/client.json',
    'https://user@app.example.com/client.json',
    'https://user:secret@app.example.com/client.json',
    'https://2130706433/client.json',
    'https://[::1]/client.json',
    'https://äpp.example.com/client.json',
    `${base}/${'a'.repeat(200)}`,
    'javascript://app.example.com/client.json',
  ]) {
    assert.equal(isClientId(text), false, text)
  }
  for (const text of [`${base}/client.json`, `${base}:8443/oauth/client/`]) {
    assert.equal(isClientId(text), true, text)
    assert.equal(isClientName(text), false, text)
  }
})

test('a derived id has the form of all others, says all of its bytes, and takes no fewer', () => {
  const bytes = randomBytes(ALIAS_BYTES)
  const id = toAliasId('acc', bytes)
  for (let place = 0; place < ALIAS_BYTES; place += 1) {
    const other = Uint8Array.from(bytes, (byte, index) => (index === place ? byte ^ 1 : byte))
    assert.notEqual(toAliasId('acc', other), id)
  }

  assert.equal(isAccountId(id), true)
  for (const byte of [0, 255]) {
    assert.equal(isSessionId(toAliasId('ses', new Uint8Array(ALIAS_BYTES).fill(byte))), true)
  }
  for (const count of [0, 15, 17, 32]) assert.throws(() => toAliasId('acc', new Uint8Array(count)), /bytes/)
})
