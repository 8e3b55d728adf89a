/** The least that can take such a request: `node:http` that reads the form, looks at nothing and answers as much as we do. */
import { createServer } from 'node:http'
import { bareHeaders } from '../server/bare.ts'
import { readBusy } from '../server/busy.ts'
import { answer } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'

/** As many bytes as the answer about a token of `client_credentials`. */
const BODY = JSON.stringify({ active: true, filler: 'x'.repeat(330) })
const HEADERS = { ...bareHeaders, 'content-length': Buffer.byteLength(BODY) }

const port = await findFreePort()
const server = createServer((req, res) => {
  let form = ''
  req.setEncoding('utf8')
  req.on('data', (text) => {
    form += text
  })
  req.on('end', () => {
    const isAsked = new URLSearchParams(form).has('token')
    res.writeHead(isAsked ? 200 : 400, HEADERS).end(BODY)
  })
}).listen(port, '127.0.0.1')

answer({ port: () => ({ port }), busy: readBusy }, async () => {
  server.closeAllConnections()
  server.close()
})
