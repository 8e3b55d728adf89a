/** Inside an Express app, before anything that parses bodies. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, type TestContext, test } from 'node:test'
import express, { type Express } from 'express'
import { toNodeHandler } from '../../src/node-handler.ts'
import { at } from '../given.ts'
import { baseOf, openCountersign, passesThrough } from './usual-day.ts'

const PATHS = ['/v1/*rest', '/oauth/*rest', '/.well-known/*rest']

async function listen(t: TestContext, app: Express): Promise<string> {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => new Promise((resolve) => server.close(resolve)))
  return baseOf(server.address())
}

describe('Express', () => {
  passesThrough(async (t, countersign) => {
    const app = express()
    app.get('/hello', (_, res) => void res.type('text').send('hello'))
    app.all(PATHS, toNodeHandler(countersign))
    app.use(express.json())
    return listen(t, app)
  })

  test('a body that a parser has taken away before is refused at once, not waited for', async (t) => {
    const app = express()
    app.use(express.json())
    app.all(PATHS, toNodeHandler(await openCountersign(t)))
    const base = await listen(t, app)

    const answer = await fetch(`${base}/v1/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'person@example.com', password: 'seven quiet otters' }),
    })

    assert.equal(answer.status, 400)
    assert.equal(at(await answer.json(), 'code'), 'malformed_json')
  })
})
