/** The first administrator, made before there is a server, as the command does it. */
import assert from 'node:assert/strict'
import { Secret } from '@countersign/protocol'
import { parseConfig } from '../../src/config.ts'
import { bootstrapAuthority } from '../../src/operate.ts'
import { PASSWORD } from '../given.ts'
import type { Settings } from '../processes/spawn.ts'

/** Answers the secret of an API key that may do everything. */
export async function bootstrap(settings: Settings): Promise<string> {
  const parsed = parseConfig(settings)
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.mistakes.join('\n'))
  const input = { email: 'admin@example.com', password: new Secret(PASSWORD), name: null }
  const made = await bootstrapAuthority(parsed.config, input)
  assert.ok(made.ok)
  return made.apiKey.secret.reveal()
}
