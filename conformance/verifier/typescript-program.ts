/** The TypeScript verifier as a program for the vectors: a resource server of one route. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { allows } from '@countersign/protocol'
import { createVerifier } from '@countersign/verifier'

const read = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set.`)
  return value
}

const verifier = createVerifier({
  issuer: read('ISSUER'),
  authorityUrl: read('AUTHORITY_URL'),
  audience: read('AUDIENCE'),
  key: read('KEY'),
})

const statuses: Readonly<Record<string, number>> = {
  multiple_credentials: 400,
  credential_address_refused: 403,
  verifier_unavailable: 503,
}

async function check(
  req: IncomingMessage,
  permission: string | null,
): Promise<[status: number, body: object]> {
  const headers = {
    authorization: req.headersDistinct.authorization,
    apiKey: req.headersDistinct['x-api-key'],
    cookie: req.headers.cookie,
  }
  const result = await verifier.authenticate(headers, {
    address: req.socket.remoteAddress ?? null,
    userAgent: req.headers['user-agent'] ?? null,
  })
  if (!result.ok) return [statuses[result.code] ?? 401, { code: result.code }]
  if (permission !== null && !allows(result.permissions, permission))
    return [403, { code: 'permission_denied' }]
  const { kind, id } = result.credential
  return [200, { sub: result.principal.id, kind, credential: id }]
}

async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://program')
  const [status, body] =
    url.pathname === '/check' ? await check(req, url.searchParams.get('permission')) : [404, {}]
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const server = createServer((req, res) => {
  handle(req, res).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    res.destroy()
  })
})
server.listen(Number(read('PORT')), '127.0.0.1')
await once(server, 'listening')
const address = server.address()
process.stdout.write(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`)
process.once('SIGTERM', () => {
  server.closeAllConnections()
  server.close()
  verifier.close().finally(() => process.exit())
})
