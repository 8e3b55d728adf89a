/** What a careful app has in front of its sign-in: Express, and `rate-limiter-flexible` in memory by client address. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import express, { type NextFunction, type Request, type Response } from 'express'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { readBusy } from '../server/busy.ts'
import { answer } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'

const port = await findFreePort()
const limiter = new RateLimiterMemory({ points: 100, duration: 60 })
const app = express()
app.set('trust proxy', 'loopback')
app.post('/sign-in', (request: Request, response: Response, next: NextFunction) => {
  limiter.consume(request.ip ?? 'unknown').then(
    () => next(),
    (refused: unknown) => {
      if (!(refused instanceof RateLimiterRes)) return next(refused)
      response.set('Retry-After', String(Math.ceil(refused.msBeforeNext / 1000)))
      response.status(429).json({ code: 'rate_limited' })
    },
  )
})
app.post('/sign-in', (_request: Request, response: Response) => {
  response.status(401).json({ code: 'invalid_credentials' })
})
const server = createServer(app)
server.listen(port, '127.0.0.1')
await once(server, 'listening')

answer({ ports: () => ({ port }), busy: readBusy }, async () => {
  server.close()
  server.closeAllConnections()
})
