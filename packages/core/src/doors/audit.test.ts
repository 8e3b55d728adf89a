/** The audit chain is verified while it grows: what is appended meanwhile is no tampering, what is cut off is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeEvent } from '../../test/given-events.ts'
import type { ChainedAuditEvent } from '../audit/event.ts'
import { type ChainContext, verifyAuditChain } from './audit.ts'

const makeLink = (position: number): ChainedAuditEvent => ({
  event: makeEvent(position),
  chain: { position, hash: `hash ${position}` },
})

/** A chain that ends at `length`, of which only the first `left` links are still there. It grows with every read. */
function givenGrowingChain(length: number, left: number): ChainContext {
  let end = length
  const links = Array.from({ length: left }, (_, index) => makeLink(index + 1))
  const grow = (): void => {
    end += 1
    links.push(makeLink(end))
  }
  return {
    secrets: { isChained: (_, __, hash) => hash.startsWith('hash ') },
    store: {
      readChain: async (after, limit) => {
        const found = links.filter(({ chain }) => chain !== null && chain.position > after).slice(0, limit)
        grow()
        return found
      },
      readUnchained: async () => {
        const tail = { position: end, hash: `hash ${end}` }
        grow()
        return { tail, events: [] }
      },
    },
  }
}

test('links cut off the end are missed', async () => {
  const context = givenGrowingChain(10, 7)

  assert.deepEqual(await verifyAuditChain(context), { intact: false, brokenAt: 8, cause: 'missing' })
})

test('a chain that grows while it is read is intact', async () => {
  const context = givenGrowingChain(1234, 1234)

  const report = await verifyAuditChain(context)

  assert.ok(report.intact, JSON.stringify(report))
  assert.ok(report.length >= 1234)
})
