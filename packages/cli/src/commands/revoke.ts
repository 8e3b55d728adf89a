/** Ends any node of the credential tree through the authority, and tells how far that has got. */
import type { Client, RevokeTarget } from '@countersign/client'
import {
  type EndedCounts,
  type NodeKind,
  nodeKinds,
  type RevokeResponse,
  type Secret,
} from '@countersign/protocol'
import type { Command } from '../command.ts'
import { connect, findKey, openClient } from '../connection.ts'
import { UsageError } from '../failures.ts'
import type { Input } from '../input.ts'
import { readSecret } from '../secret-input.ts'
import { type Row, showRecord, toWhen } from '../show.ts'
import type { Terminal } from '../terminal.ts'
import { refuseTwoSecrets } from '../two-secrets.ts'

/** Longer than the default lease, so that the answer normally is `confirmed`. */
const WAIT_MS_DEFAULT = 10_000
const WAIT_MS_MAX = 60_000

const revoke: Command = {
  name: 'revoke',
  summary: 'End anything, with everything issued under it',
  positionals: [
    { name: 'kind', optional: true, help: `One of: ${nodeKinds.join(', ')}.` },
    { name: 'id', optional: true, help: 'Which one; for issuer its URL.' },
  ],
  options: {
    'credential-stdin': {
      type: 'flag',
      help: 'Read a credential from standard input and end that. Needs no API key: who holds a credential may end it.',
    },
    'expires-at': {
      type: 'text',
      value: 'time',
      help: 'For access_token: its exp, such as 2026-01-02T03:04:05Z.',
    },
    reason: { type: 'text', value: 'text', help: 'For the audit log.' },
    'dry-run': { type: 'flag', help: 'Only count what would end.' },
    wait: {
      type: 'text',
      value: 'ms',
      help: `How long to wait for every verifier to confirm; ${WAIT_MS_DEFAULT} by default.`,
    },
  },
  connects: true,
  notes: [
    'confirmed: no verifier that follows the feed accepts it any more. Readers that check signatures alone may do so until the time that is shown. Waiting in vain is exit code 1: the revocation is committed, and goes on.',
  ],
  run: async (input, terminal) => {
    refuseTwoSecrets(input, revoke.name, 'credential-stdin', 'key-stdin')
    const waitMs = input.integer('wait', 0, WAIT_MS_MAX) ?? WAIT_MS_DEFAULT
    const { client, target } = await prepare(input, terminal)
    if (input.flag('dry-run')) return preview(client, target, terminal)
    const started = performance.now()
    const revoked = await client.revoke({ target, reason: input.text('reason'), waitMs })
    showRevoked(terminal, revoked, performance.now() - started)
    return revoked.confirmed || waitMs === 0 ? 0 : 1
  },
}

export const commands: readonly Command[] = [revoke]

async function prepare(input: Input, terminal: Terminal): Promise<{ client: Client; target: RevokeTarget }> {
  if (!input.flag('credential-stdin')) {
    const target = readTarget(input)
    return { client: await connect(input, terminal), target }
  }
  if (input.text('kind') !== undefined) {
    throw new UsageError('Name a kind and an id, or pipe a credential in, not both.', revoke.name)
  }
  const credential = await readSecret(terminal, 'credential')
  const key = (await findKey(input, terminal)) ?? ownVoice(credential)
  return { client: openClient(input, terminal, key), target: { kind: 'credential', credential } }
}

/** A refresh token opens nothing but the token endpoint, so it cannot ask for its own end here. */
function ownVoice(credential: Secret): Secret {
  if (!/^[a-z][a-z0-9]{1,11}_ref(?:live|test)_/.test(credential.reveal())) return credential
  throw new UsageError(
    'To end a refresh token an API key is needed as well: set COUNTERSIGN_API_KEY.',
    revoke.name,
  )
}

function readTarget(input: Input): RevokeTarget {
  const kind = input.text('kind')
  const id = input.text('id')
  if (kind === undefined || id === undefined) {
    throw new UsageError(
      'Name a kind and an id, or pipe a credential in with --credential-stdin.',
      revoke.name,
    )
  }
  if (!isNodeKind(kind)) throw new UsageError(`The kind is one of: ${nodeKinds.join(', ')}.`, revoke.name)
  const expiresAt = input.text('expires-at')
  if (kind !== 'access_token') return { kind, id }
  if (expiresAt === undefined || Number.isNaN(Date.parse(expiresAt))) {
    throw new UsageError(
      'An access token needs --expires-at, so that the entry is kept for as long as the token.',
      revoke.name,
    )
  }
  return { kind, id, expires_at: new Date(expiresAt).toISOString() }
}

const isNodeKind = (text: string): text is NodeKind => nodeKinds.some((kind) => kind === text)

async function preview(client: Client, target: RevokeTarget, terminal: Terminal): Promise<0> {
  const found = await client.previewRevocation(target)
  showRecord(terminal, found, [
    ['would end', tellCounts(found.ended)],
    ['used within the last hour', tellCounts(found.used_last_hour)],
  ])
  return 0
}

function tellCounts(counts: EndedCounts): string {
  const { sessions, grants, api_keys: keys } = counts
  return `${sessions} sessions, ${grants} grants, ${keys} API keys`
}

function showRevoked(terminal: Terminal, revoked: RevokeResponse, elapsedMs: number): void {
  const rows: Row[] = [
    ['revocation', revoked.id],
    ['position', String(revoked.position)],
    ['confirmed', revoked.confirmed ? 'yes' : 'not yet'],
    ['verifiers', `${revoked.acknowledged} of ${revoked.verifiers} have it, ${revoked.lapsed} lapsed`],
    ['ended', tellCounts(revoked.ended)],
    ['at the authority', `${revoked.elapsed_ms.toFixed(1)} ms`],
    ['in all', `${elapsedMs.toFixed(1)} ms`],
    ['signature-only readers', `may accept until ${toWhen(revoked.signature_only_until)}`],
  ]
  showRecord(terminal, revoked, rows)
}
