/** What the authority is compared with: the same framework and adapter as anyone sets them up, and one idle route. */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { readBusy } from './busy.ts'
import { answer, numberOf } from './child.ts'
import { findFreePort } from './ports.ts'

let document: Readonly<Record<string, string>> = {}
const app = new Hono()
app.get('/me', (context) => context.json(document))
const port = await findFreePort()
const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })

answer(
  {
    ports: () => ({ port }),
    busy: readBusy,
    answerWith: (input) => {
      document = toDocument(numberOf(input, 'bytes'))
      return {}
    },
  },
  async () => {
    server.close()
  },
)

const FIELDS = 12

/** A flat object whose JSON has that many bytes. */
function toDocument(bytes: number): Readonly<Record<string, string>> {
  const names = Array.from({ length: FIELDS }, (_, index) => `field_${String(index).padStart(2, '0')}`)
  const empty = JSON.stringify(Object.fromEntries(names.map((name) => [name, '']))).length
  const spare = Math.max(0, bytes - empty)
  const each = Math.floor(spare / FIELDS)
  return Object.fromEntries(
    names.map((name, index) => [name, 'x'.repeat(index === 0 ? spare - each * (FIELDS - 1) : each)]),
  )
}
