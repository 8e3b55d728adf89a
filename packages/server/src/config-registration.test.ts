/** The settings of clients that nobody registered: no fence lets anybody administer this server. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permissions } from '@countersign/protocol'
import { parseConfig } from './config.ts'

function scopesOf(scopes: string): readonly string[] | string {
  const parsed = parseConfig({ COUNTERSIGN_CLIENT_REGISTRATION_SCOPES: scopes })
  return parsed.ok ? parsed.config.clientRegistrationScopes : parsed.mistakes.join()
}

test('a scope that administers this server, or is none, stands in no fence', () => {
  for (const scope of [...Object.values(permissions), '*', 'clients:*', 'mail:*', 'notes', 'no scope']) {
    const text = scopesOf(`openid,${scope}`)
    assert.match(String(text), /CLIENT_REGISTRATION_SCOPES must be/, scope)
  }
  assert.deepEqual(scopesOf('openid,notes:read,tools:*'), ['openid', 'notes:read', 'tools:*'])
})

test('redirect URIs are of kinds that are known', () => {
  const read = (kinds: string) => parseConfig({ COUNTERSIGN_CLIENT_REGISTRATION_REDIRECTS: kinds })

  assert.equal(read('https,http').ok, false)
  assert.equal(read('https,private_scheme').ok, true)
})
