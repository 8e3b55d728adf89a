/** The least that can hold polls and answer them all: what the machine and `node:http` cost by themselves. */
import { createServer, type ServerResponse } from 'node:http'
import { bareHeaders } from '../server/bare.ts'
import { readBusy } from '../server/busy.ts'
import { answer } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'

const EXPIRES_AT = '2026-01-15T13:00:00.000Z'

const held: ServerResponse[] = []
let position = 0

function send(res: ServerResponse): void {
  const entry = `{"position":${position},"kind":"role","id":"member","issued_before_position":${position},"expires_at":"${EXPIRES_AT}"}`
  const body =
    `{"epoch":"0123456789abcdef01234567","entries":[${entry}],"position":${position},"lease_ms":5000,` +
    `"now":"${EXPIRES_AT}","snapshot":false,"more":false,"pace_ms":500,"pruned_until":null}`
  res.writeHead(200, { ...bareHeaders, 'content-length': Buffer.byteLength(body) })
  res.end(body)
}

const port = await findFreePort()
const server = createServer((req, res) => {
  if (req.method === 'POST') {
    position += 1
    for (const one of held.splice(0)) send(one)
    res.end('{}')
    return
  }
  const after = /&after=(\d+)/.exec(req.url ?? '')?.[1]
  if (after === undefined || Number(after) < position) send(res)
  else held.push(res)
})
await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))

answer({ ports: () => ({ port }), key: () => ({ key: 'none' }), busy: readBusy }, async () => {
  server.closeAllConnections()
  server.close()
})
