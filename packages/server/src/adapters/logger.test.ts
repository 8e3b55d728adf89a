import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { Secret } from '@countersign/protocol'
import type { LogLevel } from './log-levels.ts'
import { createLogger } from './logger.ts'

const canary = 'hunter2-canary'

function createLog(level: LogLevel = 'debug') {
  const lines: string[] = []
  const clock = { nowMs: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) }
  return { lines, logger: createLogger({ level, clock, write: (line) => void lines.push(line) }) }
}

const record = { request: 'dec_1', route: 'sign_in', outcome: 'ok', status: 200, durationMs: 1.23456 }

test('fields that are not in the list do not reach the log, whatever is handed in', () => {
  const { lines, logger } = createLog()
  const smuggled = {
    ...record,
    authorization: `Bearer ${canary}`,
    body: { password: canary },
    headers: { cookie: canary },
    err: new Error(canary),
    msg: canary,
  }

  logger.request(smuggled)
  logger.error({ ...smuggled, event: 'unexpected_error' })

  assert.equal(lines.length, 2)
  assert.doesNotMatch(lines.join(''), new RegExp(canary))
})

test('errors are logged without what they quote and without what looks like a credential', () => {
  const { lines, logger } = createLog()
  const token = 'cs_seslive_01k00000000000000000000000_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ'
  const errors = [
    new SyntaxError(`Unexpected token 'h', "${canary}" is not valid JSON`),
    new Error(`invalid input syntax for type bigint: "${canary}`),
    new Error(`No row for ${token}`),
    new Error('outer', { cause: new Error('inner', { cause: `${canary}` }) }),
    Object.assign(
      new Error(`several\nlines with '${canary}'\n    at ${canary}:1:1\n    at x (${canary}:1:1)`),
      { detail: canary },
    ),
    canary,
    { password: canary },
  ]
  try {
    JSON.parse(canary)
  } catch (error) {
    errors.push(error instanceof Error ? error : 'unexpected')
  }

  for (const error of errors) logger.error({ event: 'unexpected_error', request: 'dec_1', error })

  assert.equal(lines.length, errors.length)
  assert.doesNotMatch(lines.join(''), new RegExp(`${canary}|abcdefghijklm`))
})

test('a secret in any field is written as [redacted]', () => {
  const { lines, logger } = createLog()

  logger.error({ event: 'x', request: null, error: new Error(`The key ${new Secret(canary)} is bad`) })

  assert.match(lines[0] ?? '', /\[redacted\]/)
  assert.doesNotMatch(lines[0] ?? '', new RegExp(canary))
})

test('16.4.1: line breaks, escapes and direction marks in a field give one plain line', () => {
  const { lines, logger } = createLog()
  const hostile = 'a\r\n{"level":"error"}\u001b[31m\u009b2J\u2028\u202e","x":"\u0000\u007f\ud800'

  logger.request({ ...record, route: hostile, outcome: hostile, reason: hostile })

  const [line = ''] = lines
  assert.match(line, /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*\n$/u)
  assert.equal(JSON.parse(line).level, 'info')
  assert.equal(JSON.parse(line).x, undefined)
})

test('a field of a megabyte is cut', () => {
  const { lines, logger } = createLog()

  logger.request({ ...record, reason: 'x '.repeat(500_000) })
  logger.error({ event: 'x', request: null, error: new Error('y '.repeat(500_000)) })

  for (const line of lines) assert.ok(line.length < 6000, `${line.length}`)
})

test('a request is one line with its id, route, outcome, duration and a time in UTC', () => {
  const { lines, logger } = createLog()

  logger.request({ ...record, reason: 'expired' })

  assert.deepEqual(JSON.parse(lines[0] ?? ''), {
    level: 'info',
    time: '2026-01-02T03:04:05.006Z',
    event: 'request',
    request: 'dec_1',
    route: 'sign_in',
    outcome: 'ok',
    status: 200,
    duration_ms: 1.235,
    reason: 'expired',
  })
})

test('an error keeps its kind, code, places and causes', () => {
  const { lines, logger } = createLog()
  const cause = Object.assign(new TypeError('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })

  logger.error({
    event: 'store_unavailable',
    request: 'dec_1',
    error: new Error("It isn't there", { cause }),
  })

  const { error } = JSON.parse(lines[0] ?? '')
  assert.equal(error.message, "It isn't there")
  assert.match(error.at[0], /logger\.test\.ts:\d+:\d+/)
  assert.deepEqual(
    { ...error.cause, at: null },
    { name: 'TypeError', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:5432', at: null },
  )
})

test('the level decides what is written', () => {
  const counts = (['debug', 'info', 'warn', 'error', 'silent'] as const).map((level) => {
    const { lines, logger } = createLog(level)
    logger.request(record)
    logger.info({ event: 'x', request: null })
    logger.warn({ event: 'x', request: null })
    logger.error({ event: 'x', request: null })
    return lines.length
  })

  assert.deepEqual(counts, [4, 4, 2, 1, 0])
})

test('lines to standard output are all there when the process ends, by itself or by exit', () => {
  for (const end of ['', 'logger.flush(); process.exit(0)', 'process.exit(0)']) {
    const script = `
      import { createLogger } from ${JSON.stringify(new URL('./logger.ts', import.meta.url).href)}
      const logger = createLogger({ level: 'info' })
      for (let index = 0; index < 500; index += 1) logger.info({ event: 'e' + index, request: null })
      ${end}`
    const text = execFileSync(
      process.execPath,
      ['--conditions=source', '--input-type=module', '--eval', script],
      { encoding: 'utf8' },
    )

    const lines = text.trimEnd().split('\n')
    assert.equal(lines.length, 500, end)
    assert.equal(JSON.parse(lines[499] ?? '').event, 'e499')
  }
})

const noShell = process.platform === 'win32' && 'there is no sh'
test('a reader that goes away does not take the server with it', { skip: noShell }, () => {
  const script = `
    import { createLogger } from ${JSON.stringify(new URL('./logger.ts', import.meta.url).href)}
    const logger = createLogger({ level: 'info' })
    let rounds = 0
    const round = () => {
      for (let index = 0; index < 1000; index += 1) logger.info({ event: 'e', request: null })
      rounds += 1
      if (rounds < 20) setImmediate(round)
      else { logger.flush(); process.stderr.write('alive') }
    }
    round()`
  const shell = `"$0" --conditions=source --input-type=module --eval "$1" | head -n 1`

  const { stderr } = spawnSync('sh', ['-c', shell, process.execPath, script], { encoding: 'utf8' })

  assert.match(stderr, /alive$/)
})

test('a reported refusal is written by its ids and words, and never with an address or what was smuggled in', () => {
  const { lines, logger } = createLog()
  const decision = {
    id: 'dec_1',
    atMs: 1,
    code: 'invalid_credential',
    reason: 'revoked',
    route: `read\n${'x'.repeat(40)}`,
    credential_id: 'key_1',
    reported_by: 'svc_1',
    address: canary,
    secret: canary,
  }

  logger.reported(decision)

  const [line = ''] = lines
  assert.doesNotMatch(line, new RegExp(canary))
  assert.equal(lines.length, 1)
  const { event, request, outcome, credential, reported_by } = JSON.parse(line)
  assert.deepEqual(
    { event, request, outcome, credential, reported_by },
    {
      event: 'reported_refusal',
      request: 'dec_1',
      outcome: 'invalid_credential',
      credential: 'key_1',
      reported_by: 'svc_1',
    },
  )
})
