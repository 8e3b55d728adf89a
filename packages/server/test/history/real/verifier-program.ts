/**
 * A resource server's verifier as a process of its own: checks the credential of each request and answers with
 * what came of it, and when the check began and ended on the clock that all processes of the machine share.
 */
import { createServer } from 'node:http'
import { createVerifier } from '@countersign/verifier'

const { ISSUER = '', AUTHORITY_URL = '', KEY = '' } = process.env
const verifier = createVerifier({ issuer: ISSUER, audience: ISSUER, authorityUrl: AUTHORITY_URL, key: KEY })
const ready = verifier.ready()
// Who starts this again while the authority is away does not ask.
ready.catch(() => undefined)

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6

const server = createServer((req, res) => {
  if (req.url === '/alive') return void res.end()
  if (req.url === '/ready') return void ready.then(() => res.end())
  const beganAtMs = nowMs()
  void Promise.resolve(verifier.verify(String(req.headers['x-credential']))).then((result) => {
    const outcome = result.ok ? 'accepted' : result.code
    res.end(JSON.stringify({ beganAtMs, endedAtMs: nowMs(), outcome }))
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The program has no port.')
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${address.port}` })}\n`)
})
// It ends with the process that started it.
process.stdin.once('close', () => process.exit(0)).resume()
