import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findCredential, readCredentialHeaders, readHeader, sourceAt } from './raw-headers.ts'

const find = (...raw: string[]) => {
  const at = findCredential(raw)
  return at === 0 ? null : [sourceAt(raw, at), raw[at]]
}

test('nothing is found where nothing stands, or more than one could be meant', () => {
  assert.equal(find(), null)
  assert.equal(find('Host', 'x', 'Accept', '*/*', 'Origin', 'null', 'Max-Forwards', '1'), null)
  assert.equal(find('Authorization', 'a', 'authorization', 'b'), null)
  assert.equal(find('X-API-Key', 'a', 'x-api-key', 'a'), null)
  assert.equal(find('X-API-Key', 'a', 'Authorization', 'b'), null)
  assert.equal(find('Authorization', 'a', 'x-api-key', 'b', 'AUTHORIZATION', 'c'), null)
  assert.equal(find('Cookie', 'a=b', 'cookie', 'c=d'), null)
})

test('a header wins over cookies, wherever they stand and however it is spelled', () => {
  assert.deepEqual(find('Cookie', 'a=b', 'AUTHORIZATION', 'x'), ['authorization', 'x'])
  assert.deepEqual(find('x-ApI-kEy', 'x', 'Cookie', 'a=b', 'Cookie', 'c=d'), ['api_key_header', 'x'])
  assert.deepEqual(find('Host', 'x', 'cOOKIE', 'a=b'), ['cookie', 'a=b'])
})

test('what is found in the quick way is what the slow way would take', () => {
  const name = fc.constantFrom(
    'Authorization',
    'authorization',
    'X-API-Key',
    'x-api-key',
    'Cookie',
    'cookie',
    'Accept',
    'Sec-Fetch-Site',
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.string({ maxLength: 4 })), { maxLength: 6 }), (lines) => {
      const raw = lines.flat()
      const { authorization, apiKey, cookie } = readCredentialHeaders(raw)
      const headers = [authorization, apiKey].filter((value) => value !== null)
      const [only = cookie] = headers
      const expected = headers.length < 2 && typeof only === 'string' ? only : null

      assert.equal(find(...raw)?.[1] ?? null, expected)
    }),
  )
})

test('repeated headers come joined where one value is asked for, and apart where a credential is', () => {
  const raw = ['Origin', 'https://a.example', 'ORIGIN', 'https://b.example', 'Cookie', 'a=b', 'Cookie', 'c=d']

  assert.equal(readHeader(raw, 'origin'), 'https://a.example, https://b.example')
  assert.equal(readHeader(raw, 'sec-fetch-site'), null)
  assert.deepEqual(readCredentialHeaders(raw), {
    authorization: null,
    apiKey: null,
    cookie: ['a=b', 'c=d'],
    dpop: null,
  })
})
