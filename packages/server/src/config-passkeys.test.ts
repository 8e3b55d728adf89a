/** The settings of passkeys: what they belong to, and which pages may ask for them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig } from './config.ts'

test('a passkey is asked for at its domain and under it, and nowhere else', () => {
  const parse = (rpId: string, origins: string): readonly string[] => {
    const parsed = parseConfig({
      COUNTERSIGN_ISSUER: 'https://auth.example.com',
      COUNTERSIGN_PASSKEY_RP_ID: rpId,
      COUNTERSIGN_PASSKEY_ORIGINS: origins,
    })
    return parsed.ok ? [] : parsed.mistakes
  }
  const app = `android:apk-key-hash:${'a'.repeat(43)}`

  assert.deepEqual(parse('example.com', `https://example.com,https://app.example.com:8443,${app}`), [])
  assert.deepEqual(parse('localhost', 'http://localhost:5173'), [])
  for (const origins of ['https://example.org', 'https://example.com,https://notexample.com']) {
    assert.match(parse('example.com', origins)[0] ?? '', /COUNTERSIGN_PASSKEY_ORIGINS names a page/)
  }
  for (const origins of [
    'http://example.com',
    'https://example.com/',
    '*',
    'null',
    'android:apk-key-hash:x',
  ]) {
    assert.match(parse('example.com', origins)[0] ?? '', /COUNTERSIGN_PASSKEY_ORIGINS must be/, origins)
  }
  for (const rpId of ['127.0.0.1', 'https://example.com', 'Example.com', 'example.com.', '*.example.com']) {
    assert.match(parse(rpId, 'https://example.com')[0] ?? '', /COUNTERSIGN_PASSKEY_RP_ID must be/, rpId)
  }
})
