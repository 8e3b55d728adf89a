/**
 * The least code that answers a token request correctly on one thread: `node:http`, the secret of one client, a signature. A
 * refresh token rotates in one SQLite file with `synchronous=full`, with one commit for all that waits. No limits, no audit,
 * no revocation, no roles, no second node, no other grant.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, timingSafeEqual } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { bareHeaders } from '../server/bare.ts'
import { readBusy } from '../server/busy.ts'
import { answer, numberOf } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'
import { AUDIENCE, PERSON, toBasic } from './setup.ts'

interface Asked {
  readonly token: string
  readonly response: ServerResponse
}

const LIFETIME_SECONDS = 900
const SECRET = randomBytes(32).toString('base64url')
const BASIC = Buffer.from(toBasic('web', SECRET))
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const HEADER = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'bench' })).toString(
  'base64url',
)

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'least-'))
const db = new DatabaseSync(join(folder, 'least.db'))
db.exec('pragma journal_mode=wal; pragma synchronous=full')
db.exec('create table tokens (digest text primary key, family integer, used_at integer) without rowid')
const use = db.prepare('update tokens set used_at = ? where digest = ? and used_at is null returning family')
const add = db.prepare('insert into tokens (digest, family) values (?, ?)')

const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

function makeToken(family: number): string {
  const token = randomBytes(32).toString('base64url')
  add.run(digestOf(token), family)
  return token
}

function makeAccessToken(family: number): string {
  const at = Math.floor(Date.now() / 1000)
  const claims = {
    iss: 'https://a.example',
    aud: AUDIENCE,
    sub: PERSON,
    jti: randomBytes(16).toString('base64url'),
  }
  const times = { iat: at, exp: at + LIFETIME_SECONDS, scope: 'openid offline_access', family }
  const input = `${HEADER}.${Buffer.from(JSON.stringify({ ...claims, ...times })).toString('base64url')}`
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

/** What has come by the time that this one is begun is committed together, and answered after that. */
function commit(group: readonly Asked[]): void {
  db.exec('begin immediate')
  const outcomes = group.map(({ token, response }) => {
    const row = use.get(Date.now(), digestOf(token))
    const family = typeof row?.family === 'number' ? row.family : null
    return { response, family, next: family === null ? null : makeToken(family) }
  })
  db.exec('commit')
  for (const { response, family, next } of outcomes) {
    if (family === null || next === null)
      response.writeHead(400, bareHeaders).end('{"error":"invalid_grant"}')
    else response.writeHead(200, bareHeaders).end(toBody(family, next))
  }
}

const toBody = (family: number, next?: string): string =>
  JSON.stringify({
    access_token: makeAccessToken(family),
    token_type: 'Bearer',
    expires_in: LIFETIME_SECONDS,
    refresh_token: next,
    scope: 'openid offline_access',
  })

let waiting: Asked[] = []

function take(form: string, response: ServerResponse): void {
  const parameters = new URLSearchParams(form)
  if (parameters.get('grant_type') === 'client_credentials') {
    response.writeHead(200, bareHeaders).end(toBody(0))
    return
  }
  const token = parameters.get('refresh_token') ?? ''
  if (waiting.push({ token, response }) > 1) return
  setImmediate(() => {
    const group = waiting
    waiting = []
    commit(group)
  })
}

const isClient = (header: string): boolean =>
  header.length === BASIC.length && timingSafeEqual(Buffer.from(header), BASIC)

const port = await findFreePort()
const server = createServer((request, response) => {
  let form = ''
  request.setEncoding('utf8')
  request.on('data', (text) => {
    form += text
  })
  request.on('end', () => {
    if (isClient(request.headers.authorization ?? '')) take(form, response)
    else response.writeHead(401, bareHeaders).end('{"error":"invalid_client"}')
  })
}).listen(port, '127.0.0.1')

answer(
  {
    port: () => ({ port }),
    client: () => ({ basic: BASIC.toString() }),
    families: (input) => {
      const tokens = Array.from({ length: numberOf(input, 'count') }, (_, family) => makeToken(family))
      return { tokens: tokens.join(' ') }
    },
    busy: readBusy,
  },
  async () => {
    server.closeAllConnections()
    server.close()
    db.close()
    rmSync(folder, { recursive: true, force: true })
  },
)
