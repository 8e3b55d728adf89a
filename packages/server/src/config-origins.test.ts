/** Where settings come from, as administrators are told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig } from './config.ts'
import type { SettingOrigin } from './config-origins.ts'

function originsOf(
  environment: Readonly<Record<string, string>>,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, SettingOrigin>> {
  const parsed = parseConfig(environment, { path: '/etc/deep/countersign.config.json', values })
  assert.ok(parsed.ok)
  return parsed.config.origins
}

test('where a setting came from is known: the variable, the file, or the default; of a secret no value', () => {
  const origins = originsOf(
    { COUNTERSIGN_PORT: '6000', COUNTERSIGN_REDIS: 'redis://user:hunter2@cache' },
    { logLevel: 'warn', allowedHosts: ['a.example', 'b.example'], port: 5000 },
  )

  assert.deepEqual(origins.port, { source: 'environment', setIn: 'COUNTERSIGN_PORT', value: '6000' })
  assert.equal(origins.logLevel?.source, 'file')
  assert.equal(origins.logLevel?.setIn, 'countersign.config.json')
  assert.equal(origins.logLevel?.value, 'warn')
  assert.equal(origins.allowedHosts?.value, 'a.example,b.example')
  assert.deepEqual(origins.redis, { source: 'environment', setIn: 'COUNTERSIGN_REDIS', value: null })
  assert.deepEqual(origins.host, { source: 'default', setIn: null, value: null })
  assert.ok(!JSON.stringify(origins).includes('hunter2'))
})
