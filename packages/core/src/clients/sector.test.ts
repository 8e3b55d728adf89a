import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isListedIn, needsSectorUri, sectorOf } from './sector.ts'

const client = (over: Partial<Parameters<typeof sectorOf>[0]> = {}) => ({
  id: 'app',
  subjectType: 'pairwise' as const,
  sectorIdentifierUri: null,
  redirectUris: ['https://app.example.com/callback'],
  ...over,
})

test('several hosts, or a host and what nobody owns, are no sector that can be read off', () => {
  for (const redirectUris of [
    ['https://app.example.com/', 'https://other.example.com/'],
    ['https://app.example.com/', 'https://app.example.com.evil.example/'],
    ['https://app.example.com/', 'http://127.0.0.1/callback'],
    ['https://app.example.com/', 'com.example.app:/callback'],
  ]) {
    assert.equal(needsSectorUri(client({ redirectUris })), true, redirectUris.join(' '))
    assert.equal(needsSectorUri(client({ redirectUris, subjectType: 'public' })), false)
    const named = { redirectUris, sectorIdentifierUri: 'https://sector.example.com/uris.json' }
    assert.equal(needsSectorUri(client(named)), false)
    assert.equal(sectorOf(client(named)), 'sector.example.com')
  }
})

test('§8.1: one host is the sector, whatever the port and the path', () => {
  const redirectUris = ['https://app.example.com:8443/a', 'https://APP.example.com/b?c']

  assert.equal(needsSectorUri(client({ redirectUris })), false)
  assert.equal(sectorOf(client({ redirectUris })), 'app.example.com')
  assert.equal(sectorOf(client({ subjectType: 'public' })), null)
})

test('a client that owns no host is a sector by itself, which is no host of another', () => {
  for (const redirectUris of [[], ['http://127.0.0.1/callback'], ['com.example.app:/callback']]) {
    const [one, two] = [client({ redirectUris }), client({ redirectUris, id: 'other' })].map(sectorOf)
    assert.notEqual(one, two)
    assert.equal(URL.canParse(`https://${one}/`), false)
  }
})

test('§8.1: a sector names every redirect URI to the letter, in an array', () => {
  const one = client({ redirectUris: ['https://a.example.com/x', 'https://b.example.com/'] })
  for (const document of [
    null,
    {},
    { 0: 'https://a.example.com/x', 1: 'https://b.example.com/', length: 2 },
    'https://a.example.com/x https://b.example.com/',
    [],
    ['https://a.example.com/x'],
    ['https://a.example.com/x/', 'https://b.example.com/'],
    ['https://a.example.com/x', 'https://b.example.com'],
    [['https://a.example.com/x', 'https://b.example.com/']],
  ]) {
    assert.equal(isListedIn(document, one), false, JSON.stringify(document))
  }
  assert.equal(isListedIn(['https://b.example.com/', 1, ...one.redirectUris], one), true)
})
