/** Linking events at once and later: one chain whoever appends, and no link where it cannot be known where the chain ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeEvent } from '../../test/given-events.ts'
import { CHAIN_START, canonicalEvent } from '../audit/canonical.ts'
import type { AuditEvent } from '../audit/event.ts'
import { type AuditChainer, type ChainerContext, createAuditChainer } from './audit-chain.ts'

const NOW = 1_000_000

interface Row {
  readonly event: AuditEvent
  hash: string | null
}

/** A store in memory with the rules of the real one, which fails, answers slowly, or hands the lease to another when told to. */
class Table {
  readonly rows: Row[] = []
  readonly linked: Row[] = []
  holder: string | null = null
  untilMs = 0
  failsAfterCommit = false
  turns = 0

  get end(): { position: number; hash: string } {
    return { position: this.linked.length, hash: this.linked.at(-1)?.hash ?? '' }
  }

  isHeld(holder: string, nowMs: number, afterPosition: number): boolean {
    return this.holder === holder && this.untilMs > nowMs && this.linked.length === afterPosition
  }

  readonly store: ChainerContext['store'] = {
    takeChainLease: async (holder, nowMs, untilMs) => {
      await this.#turn()
      if (this.holder !== null && this.holder !== holder && this.untilMs > nowMs) return false
      this.holder = holder
      this.untilMs = untilMs
      return true
    },
    readUnchained: async (limit) => {
      await this.#turn()
      const events = this.rows.filter(({ hash }) => hash === null).map(({ event }) => event)
      return { tail: this.end, events: events.slice(0, limit) }
    },
    appendLinks: async ({ holder, nowMs, afterPosition, links }) => {
      await this.#turn()
      if (!this.isHeld(holder, nowMs, afterPosition)) return false
      for (const { event, hash } of links) {
        const row = this.rows.find((one) => one.event.id === event)
        assert.ok(row?.hash === null)
        row.hash = hash
        this.linked.push(row)
      }
      return true
    },
    appendGathered: async (events, chain) => {
      await this.#turn()
      const isRepeated = events.some(({ id }) => this.rows.some(({ event }) => event.id === id))
      const isLinked = chain !== null && this.isHeld(chain.holder, chain.nowMs, chain.afterPosition)
      if (isLinked && isRepeated) return 'repeated'
      for (const [index, event] of events.entries()) {
        if (this.rows.some((row) => row.event.id === event.id)) continue
        const row = { event, hash: isLinked ? (chain.links[index]?.hash ?? null) : null }
        this.rows.push(row)
        if (isLinked) this.linked.push(row)
      }
      if (this.failsAfterCommit) throw new Error('The answer is lost.')
      return isLinked ? 'linked' : 'unlinked'
    },
  }

  async #turn(): Promise<void> {
    for (let turn = 0; turn < this.turns; turn += 1) await Promise.resolve()
  }
}

const chain = (previous: string, text: string): string => `(${previous}+${text})`

function given(): { table: Table; chainer: AuditChainer; open(holder: string): AuditChainer } {
  const table = new Table()
  const open = (holder: string): AuditChainer =>
    createAuditChainer({ store: table.store, secrets: { chain } }, holder)
  return { table, chainer: open('a'), open }
}

function assertOneChain({ linked, rows }: Table): void {
  let previous = CHAIN_START
  for (const { event, hash } of linked) {
    previous = chain(previous, canonicalEvent(event))
    assert.equal(hash, previous)
  }
  assert.equal(new Set(linked.map(({ event }) => event.id)).size, linked.length)
  assert.deepEqual(rows.filter(({ hash }) => hash !== null).length, linked.length)
}

test('before the lease is held, and after it has run out, nothing is linked at once', async () => {
  const { table, chainer } = given()

  await chainer.append([makeEvent(1)], NOW)
  assert.deepEqual([table.rows.length, table.linked.length], [1, 0])
  assert.equal(await chainer.linkCommitted(NOW), 1)
  await chainer.append([makeEvent(2)], NOW + 3000)

  assert.deepEqual([table.rows.length, table.linked.length], [2, 1])
  assertOneChain(table)
})

test('whoever holds the chain links what it commits, and goes on from there', async () => {
  const { table, chainer } = given()
  await chainer.linkCommitted(NOW)

  await chainer.append([makeEvent(1), makeEvent(2)], NOW)
  await chainer.append([makeEvent(3)], NOW)
  table.rows.push({ event: makeEvent(4), hash: null })
  assert.equal(await chainer.linkCommitted(NOW), 1)
  await chainer.append([makeEvent(5)], NOW)

  assert.equal(table.linked.length, 5)
  assertOneChain(table)
})

test('what may have been committed before is not linked twice', async () => {
  const { table, chainer } = given()
  await chainer.linkCommitted(NOW)
  table.failsAfterCommit = true
  await assert.rejects(chainer.append([makeEvent(1)], NOW), /lost/)
  table.failsAfterCommit = false

  await chainer.append([makeEvent(1), makeEvent(2)], NOW)
  await chainer.linkCommitted(NOW)
  await chainer.append([makeEvent(2), makeEvent(3)], NOW)
  await chainer.linkCommitted(NOW)

  assert.equal(table.linked.length, 3)
  assertOneChain(table)
})

test('one that has lost the lease commits what it has, and leaves the linking to the other', async () => {
  const { table, chainer, open } = given()
  const other = open('b')
  await chainer.linkCommitted(NOW)
  table.untilMs = NOW
  await other.linkCommitted(NOW)
  await other.append([makeEvent(1)], NOW)

  await chainer.append([makeEvent(2)], NOW)
  assert.equal(await chainer.linkCommitted(NOW), 0)
  assert.equal(await other.linkCommitted(NOW), 1)

  assert.equal(table.linked.length, 2)
  assertOneChain(table)
})

test('appending and linking at once, in any order, make one chain', async () => {
  for (let seed = 0; seed < 200; seed += 1) {
    const { table, chainer, open } = given()
    const other = open('b')
    table.turns = seed % 5
    let number = 0
    const work = Array.from({ length: 12 }, (_, index) => {
      const who = (seed >> (index % 4)) % 3 === 0 ? other : chainer
      if ((seed + index * 7) % 3 === 0) return who.linkCommitted(NOW)
      number += 1
      return who.append([makeEvent(number)], NOW)
    })
    await Promise.all(work)
    await chainer.linkCommitted(NOW + 10_000)

    assert.equal(table.linked.length, number)
    assertOneChain(table)
  }
})
