/** Authority nodes on one Postgres database: with its secrets or others, on a clock of the test or the real one. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { Secret } from '@countersign/protocol'
import { type Config, parseConfig } from '../../src/config.ts'
import { type Authority, createAuthority } from '../../src/create.ts'
import { bootstrapAuthority } from '../../src/operate.ts'
import type { TestClock } from '../clock.ts'
import { type Answer, PASSWORD, type SendOptions, send, UNLIMITED } from '../given.ts'

export interface Node {
  readonly authority: Authority
  send(method: string, path: string, options?: SendOptions): Promise<Answer>
}

export type NodeSettings = Readonly<Record<string, string>>

export function nodeConfig(settings: NodeSettings): Config {
  const parsed = parseConfig({ COUNTERSIGN_LOG_LEVEL: 'silent', ...UNLIMITED, ...settings })
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'))
  return parsed.config
}

/** Opens a node that is closed after the test. */
export async function openNode(
  t: Pick<TestContext, 'after'>,
  settings: NodeSettings,
  clock?: TestClock,
): Promise<Node> {
  const authority = await createAuthority(nodeConfig(settings), clock)
  t.after(() => authority.close())
  return { authority, send: (method, path, options) => send(authority, method, path, options) }
}

/** The first administrator; answers an API key that may do everything. */
export async function bootstrapNode(settings: NodeSettings, clock?: TestClock): Promise<string> {
  const input = { email: 'admin@example.com', password: new Secret(PASSWORD), name: null }
  const made = await bootstrapAuthority(nodeConfig(settings), input, clock)
  assert.ok(made.ok)
  return made.apiKey.secret.reveal()
}
