/**
 * The least code that answers the same requests correctly on one thread: `node:http`, two clients, somebody who is signed in,
 * signatures. Refresh tokens lie in one SQLite file with `synchronous=full`, with one commit for all that waits; codes and
 * what introspection has verified in memory. No limits, no audit, no revocation, no roles, no log, no second node.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, timingSafeEqual, verify } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { bareHeaders } from '../server/bare.ts'
import { readBusy } from '../server/busy.ts'
import { answer } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'
import { AUDIENCE, PERSON, REDIRECT, type Side, toBasic, toFigures } from './setup.ts'

const LIFETIME_SECONDS = 900
const CODE_MS = 60_000
const ISSUER = 'https://a.example'
const isEdDSA = process.env.BENCH_ALGORITHM === 'EdDSA'
const { privateKey, publicKey } = isEdDSA
  ? generateKeyPairSync('ed25519')
  : generateKeyPairSync('ec', { namedCurve: 'P-256' })
const DIGEST = isEdDSA ? null : 'sha256'
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const HEADER = encode({ alg: isEdDSA ? 'EdDSA' : 'ES256', typ: 'at+jwt', kid: 'bench' })

const port = await findFreePort()
const side: Side = {
  port,
  authorizePath: '/authorize',
  tokenPath: '/token',
  introspectPath: '/introspect',
  service: toBasic('service', randomBytes(32).toString('base64url')),
  web: toBasic('web', randomBytes(32).toString('base64url')),
  webId: 'web',
  serviceForm: 'grant_type=client_credentials&scope=things:read',
  cookie: `session=${randomBytes(32).toString('base64url')}`,
}

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'least-'))
const db = new DatabaseSync(join(folder, 'least.db'))
db.exec('pragma journal_mode=wal; pragma synchronous=full')
db.exec('create table tokens (digest text primary key, family text, used_at integer) without rowid')
const use = db.prepare('update tokens set used_at = ? where digest = ? and used_at is null returning family')
const add = db.prepare('insert into tokens (digest, family) values (?, ?)')

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url')
const makeSecret = (): string => randomBytes(32).toString('base64url')
const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))

function addToken(family: string): string {
  const token = makeSecret()
  add.run(digestOf(token), family)
  return token
}

function toJwt(claims: object): string {
  const at = Math.floor(Date.now() / 1000)
  const own = { iss: ISSUER, sub: PERSON, iat: at, exp: at + LIFETIME_SECONDS }
  const input = `${HEADER}.${encode({ ...own, ...claims })}`
  const signature = sign(DIGEST, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

const toBody = (scope: string, more: object): string =>
  JSON.stringify({
    access_token: toJwt({ aud: AUDIENCE, jti: randomBytes(16).toString('base64url'), scope }),
    token_type: 'Bearer',
    expires_in: LIFETIME_SECONDS,
    scope,
    ...more,
  })

/** What is done inside the transaction; its answer is what is sent after the commit, or null for a refusal. */
interface Job {
  readonly response: ServerResponse
  work(): object | null
}
let waiting: Job[] = []

/** What has come by the time that this one is begun is committed together, and answered after that. */
function durably(job: Job): void {
  if (waiting.push(job) > 1) return
  setImmediate(() => {
    const group = waiting
    waiting = []
    db.exec('begin immediate')
    const outcomes = group.map(({ response, work }) => ({ response, more: work() }))
    db.exec('commit')
    for (const { response, more } of outcomes) {
      if (more === null) send(response, 400, '{"error":"invalid_grant"}')
      else send(response, 200, toBody('openid offline_access', more))
    }
  })
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { ...bareHeaders, 'content-length': Buffer.byteLength(body) }).end(body)
}

interface Code {
  readonly challenge: string
  readonly expiresAtMs: number
}
const codes = new Map<string, Code>()

function authorize({ url, headers }: IncomingMessage, response: ServerResponse): void {
  const { searchParams: asked } = new URL(url ?? '', ISSUER)
  const isKnown = asked.get('client_id') === side.webId && asked.get('redirect_uri') === REDIRECT
  if (!isKnown || !isSame(headers.cookie ?? '', side.cookie)) {
    send(response, 400, '{"error":"invalid_request"}')
    return
  }
  const code = makeSecret()
  codes.set(code, {
    challenge: asked.get('code_challenge') ?? '',
    expiresAtMs: Date.now() + CODE_MS,
  })
  const back = new URLSearchParams({ code, state: asked.get('state') ?? '', iss: ISSUER })
  response.writeHead(303, { ...bareHeaders, location: `${REDIRECT}?${back}`, 'content-length': 0 }).end()
}

function redeem(form: URLSearchParams, response: ServerResponse): void {
  const text = form.get('code') ?? ''
  const code = codes.get(text)
  codes.delete(text)
  const isGood =
    code !== undefined &&
    code.expiresAtMs > Date.now() &&
    form.get('redirect_uri') === REDIRECT &&
    digestOf(form.get('code_verifier') ?? '') === code.challenge
  if (!isGood) {
    send(response, 400, '{"error":"invalid_grant"}')
    return
  }
  const work = () => ({
    refresh_token: addToken(makeSecret()),
    id_token: toJwt({ aud: side.webId, auth_time: 0 }),
  })
  durably({ response, work })
}

function rotate(form: URLSearchParams, response: ServerResponse): void {
  const work = () => {
    const family = use.get(Date.now(), digestOf(form.get('refresh_token') ?? ''))?.family
    return typeof family === 'string' ? { refresh_token: addToken(family) } : null
  }
  durably({ response, work })
}

/** Claims by the digest of the token that they were verified in. */
const verified = new Map<string, { readonly exp: number }>()

function introspect(token: string, response: ServerResponse): void {
  const name = digestOf(token)
  const claims = verified.get(name) ?? verifyJwt(token)
  if (claims !== null) verified.set(name, claims)
  const isActive = claims !== null && claims.exp > Date.now() / 1000
  send(response, 200, isActive ? JSON.stringify({ active: true, ...claims }) : '{"active":false}')
}

function verifyJwt(token: string): { readonly exp: number } | null {
  const end = token.lastIndexOf('.')
  const signature = Buffer.from(token.slice(end + 1), 'base64url')
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
  if (!verify(DIGEST, Buffer.from(token.slice(0, end)), key, signature)) return null
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

function take(request: IncomingMessage, form: URLSearchParams, response: ServerResponse): void {
  const { url, headers } = request
  const isService = isSame(headers.authorization ?? '', side.service)
  if (!isService && !isSame(headers.authorization ?? '', side.web)) {
    send(response, 401, '{"error":"invalid_client"}')
  } else if (url === side.introspectPath) introspect(form.get('token') ?? '', response)
  else if (isService) send(response, 200, toBody(form.get('scope') ?? '', {}))
  else if (form.get('grant_type') === 'refresh_token') rotate(form, response)
  else redeem(form, response)
}

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    authorize(request, response)
    return
  }
  let form = ''
  request.setEncoding('utf8')
  request.on('data', (text) => {
    form += text
  })
  request.on('end', () => take(request, new URLSearchParams(form), response))
}).listen(port, '127.0.0.1')

answer({ side: () => toFigures(side), busy: readBusy }, async () => {
  server.closeAllConnections()
  server.close()
  db.close()
  rmSync(folder, { recursive: true, force: true })
})
