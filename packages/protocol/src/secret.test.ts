import assert from 'node:assert/strict'
import test from 'node:test'
import { format, inspect } from 'node:util'
import { Secret } from './secret.ts'

test('a secret that is printed by accident prints nothing of itself', () => {
  const secret = new Secret('hunter2-hunter2')
  const printed = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: [secret] }, { depth: 9, showHidden: true }),
    format('%s %o %j', secret, secret, secret),
    Object.entries(secret).join(),
    JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
  ]
  for (const text of printed) assert.ok(!text.includes('hunter2'), text)
  assert.equal(secret.reveal(), 'hunter2-hunter2')
})
