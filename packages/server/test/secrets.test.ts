/** Secrets are shown once, to the one they are for, and are found nowhere else: logs, audit, metrics, files. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routes } from '../src/routes/table.ts'
import type { Answer } from './given.ts'
import { type Played, play } from './secret-flows.ts'

/** What nobody is ever given back. The rest is delivered, once. */
const NEVER_SHOWN: ReadonlySet<string> = new Set([
  'password beside a passkey',
  'setup ticket',
  'forgotten password',
  'reset ticket',
  'password by a link',
  'ticket for another address',
  'wrong password for another address',
  'ticket after “not me”',
  'administrator password',
  'password',
  'password of a person with a factor',
  'wrong password',
  'wrong current password',
  'new password',
  'stray key',
])

/** The value, the part of it that is the secret, and what both look like in other clothes. */
function looksOf(value: string): readonly string[] {
  const opaque = /_([0-9A-Za-z]{43})[0-9A-Za-z]{6}$/.exec(value)?.[1]
  const signature = value.split('.')[2]
  const parts = [value, opaque, signature].filter((part) => part !== undefined)
  return parts.flatMap((part) => {
    const bytes = Buffer.from(part)
    return [
      part,
      bytes.toString('hex'),
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('base64url'),
      encodeURIComponent(part),
      new URLSearchParams([['', part]]).toString().slice(1),
    ]
  })
}

const spelled = ({ text, headers }: Answer): string => `${JSON.stringify([...headers])}\n${text}`

let played: Played | null = null

test('no secret stands in the log, the audit log, the metrics or a file, in whatever spelling', async (t) => {
  played = await play(t)
  const { secrets, lines, files } = played
  const log = lines.join('\n')
  assert.ok(secrets.size >= 18 && lines.length > 60 && files.size >= 4)

  for (const [name, value] of secrets) {
    for (const look of looksOf(value)) {
      assert.ok(!log.includes(look), `The ${name} stands in the log.`)
      for (const [file, bytes] of files) assert.ok(!bytes.includes(look), `The ${name} stands in ${file}.`)
    }
  }
})

test('the search would find them: what is no secret is found in the same places', () => {
  assert.ok(played)
  const { answers, lines, files, accountId } = played
  const found = (text: string): string[] =>
    [...files].filter(([, bytes]) => bytes.includes(text)).map(([file]) => file)

  assert.ok(found('canary.person@example.com').some((file) => file.includes('.db')))
  assert.ok(found(accountId).length > 0)
  assert.ok(found('credential.in_url').length > 0, 'Credentials in URLs were not noticed.')
  assert.ok(lines.some((line) => line.includes('invalid_credentials')))
  assert.ok(answers.some(({ text }) => text.includes('countersign_')))
})

test('each credential is shown in one answer and no other, and passwords and tickets in none', () => {
  assert.ok(played)
  const { secrets, answers } = played
  for (const [name, value] of secrets) {
    const looks = looksOf(value)
    const showing = answers.filter((answer) => looks.some((look) => spelled(answer).includes(look)))

    assert.equal(showing.length, NEVER_SHOWN.has(name) ? 0 : 1, name)
    for (const answer of showing) {
      assert.ok(answer.status < 300)
      assert.equal(answer.headers.get('cache-control'), 'no-store')
    }
  }
})

test('no answer but the one that delivers it has a member that is named like a secret', () => {
  assert.ok(played)
  const named = /"(?:secret|password|password_hash|digest|private_key|sealed[a-z_]*|pepper|d)":/
  const delivering = played.answers.filter(({ text }) => named.test(text))

  assert.deepEqual(
    delivering.map(({ json }) => Object.keys(json)),
    [
      ['factor', 'secret', 'otpauth_uri', 'qr_svg'],
      ['api_key', 'secret'],
      ['api_key', 'secret'],
    ],
  )
})

test('a line of the log names a route of the table, and holds nothing but what lines hold', () => {
  assert.ok(played)
  const names = new Set([...routes.map(({ name }) => name), 'none'])
  const members = new Set(['level', 'time', 'request', 'route', 'outcome', 'status', 'ms', 'duration_ms'])
  for (const line of played.lines) {
    const parsed: Readonly<Record<string, unknown>> = JSON.parse(line)
    if ('route' in parsed) assert.ok(names.has(String(parsed.route)), line)
    const more = Object.keys(parsed).filter((name) => !members.has(name))
    assert.deepEqual(
      more.filter((name) => !['reason', 'msg', 'event', 'error'].includes(name)),
      [],
      line,
    )
  }
})
