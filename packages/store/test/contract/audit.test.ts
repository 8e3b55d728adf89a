/** The audit log: what is listed, and a chain that only its one holder extends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditEvent, AuditQuery } from '@countersign/core'
import { ID_RANDOM_BYTES, toId } from '@countersign/protocol'
import { type Bench, onEachDatabase } from '../bench.ts'
import { DAY, givenAccount, HOUR, makeEvent, NOW } from '../given.ts'

const everything: AuditQuery = {
  limit: 100,
  after: null,
  type: null,
  actorId: null,
  targetId: null,
  sinceMs: null,
  untilMs: null,
}

const byId = (left: AuditEvent, right: AuditEvent): number => (left.id < right.id ? -1 : 1)

const link = (event: AuditEvent, position: number) => ({
  event: event.id,
  ...toLink(position),
})

const toLink = (position: number) => ({ position, hash: `hash ${position}` })

async function givenEvents({ store }: Bench, count: number): Promise<readonly AuditEvent[]> {
  const events = Array.from({ length: count }, () => makeEvent())
  await store.appendAudit(events)
  return events
}

onEachDatabase((bench) => {
  test('an event is read as it was written', async () => {
    const { store } = await bench().fresh()
    const full = makeEvent({
      type: 'session.opened',
      outcome: 'refused',
      actor: { kind: 'account', id: 'acc_1', credential: 'ses_1' },
      target: { kind: 'session', id: 'ses_1' },
      address: '2001:db8::1',
      requestId: 'req_1',
      details: {
        text: 'Zoë "said" \\ \u0000 \u{1F511}',
        number: -1.5,
        yes: true,
        nothing: null,
        __proto__x: 'x',
      },
    })
    const empty = makeEvent()

    await store.appendAudit([full, empty])

    assert.deepEqual(await store.listAudit(everything), [
      { event: empty, chain: null },
      { event: full, chain: null },
    ])
  })

  test('an event that is there already is refused, and with it all that came beside it', async () => {
    const { store } = await bench().fresh()
    const event = makeEvent()
    await store.appendAudit([event])

    await assert.rejects(store.appendAudit([makeEvent(), event]))

    assert.equal((await store.listAudit(everything)).length, 1)
  })

  test('a gathered event that is there already is left as it is, and those beside it are written', async () => {
    const { store } = await bench().fresh()
    const event = makeEvent()
    const beside = makeEvent()
    await store.appendGathered([event], null)

    await store.appendGathered([{ ...event, type: 'another' }, beside], null)

    const found = (await store.listAudit(everything)).map((row) => row.event)
    assert.deepEqual(found.toSorted(byId), [event, beside].toSorted(byId))
  })

  test('gathered events are linked by whoever holds the chain as it is, and by nobody else', async () => {
    const { store } = await bench().fresh()
    const events = [makeEvent(), makeEvent()]
    const chain = { holder: 'a', nowMs: NOW, afterPosition: 0, links: [toLink(1), toLink(2)] }
    assert.equal(await store.takeChainLease('b', NOW, NOW + 10), true)

    assert.equal(await store.appendGathered(events, chain), 'unlinked')
    assert.deepEqual(await store.readChain(0, 10), [])
    await store.takeChainLease('a', NOW + 10, NOW + 20)
    const held = { ...chain, nowMs: NOW + 15 }
    const more = [makeEvent(), makeEvent()]
    assert.equal(await store.appendGathered(more, { ...held, nowMs: NOW + 20 }), 'unlinked')
    const last = [makeEvent(), makeEvent()]
    assert.equal(await store.appendGathered(last, held), 'linked')
    assert.equal(await store.appendGathered([makeEvent(), makeEvent()], held), 'unlinked')

    const linked = last.map((event, index) => ({ event, chain: toLink(index + 1) }))
    assert.deepEqual(await store.readChain(0, 10), linked)
    const { tail, events: unchained } = await store.readUnchained(10)
    assert.deepEqual([tail, unchained.length], [toLink(2), 6])
  })

  test('gathered events of which one is there already are not linked, and none of them is written', async () => {
    const { store } = await bench().fresh()
    const [known, added] = [makeEvent(), makeEvent()]
    await store.appendGathered([known], null)
    await store.takeChainLease('a', NOW, NOW + 10)
    const chain = { holder: 'a', nowMs: NOW, afterPosition: 0, links: [toLink(1), toLink(2)] }

    assert.equal(await store.appendGathered([added, known], chain), 'repeated')

    const { tail, events } = await store.readUnchained(10)
    assert.deepEqual([tail.position, events], [0, [known]])
    await assert.rejects(store.appendGathered([added], { ...chain, links: [toLink(2)] }), /must follow/)
    await assert.rejects(
      store.appendGathered([added, makeEvent()], { ...chain, links: [toLink(1)] }),
      /no link/,
    )
    assert.equal((await store.readUnchained(10)).tail.position, 0)
  })

  test('two that write the same gathered events at once leave each of them once', async () => {
    const { store } = await bench().fresh()
    const events = Array.from({ length: 20 }, () => makeEvent())

    await Promise.all([store.appendGathered(events, null), store.appendGathered([...events], null)])

    assert.equal((await store.listAudit(everything)).length, events.length)
  })

  test('a list is narrowed by what is asked, newest first, page after page', async () => {
    const { store } = await bench().fresh()
    const at = (atMs: number): string => toId('evt', atMs, new Uint8Array(ID_RANDOM_BYTES).fill(7))
    const make = (atMs: number, type: string, actor: string, target: string): AuditEvent => ({
      ...makeEvent({ atMs, type }),
      id: at(atMs) as AuditEvent['id'],
      actor: { kind: 'account', id: actor, credential: null },
      target: { kind: 'account', id: target },
    })
    const events = [
      make(NOW - 40 * DAY, 'a', 'left', 'x'),
      make(NOW - HOUR, 'b', 'left', 'y'),
      make(NOW, 'a', 'right', 'x'),
      make(NOW + HOUR, 'a', 'left', 'y'),
    ]
    await store.appendAudit(events)
    const list = async (query: Partial<AuditQuery>) =>
      (await store.listAudit({ ...everything, ...query })).map(({ event }) =>
        events.findIndex(({ id }) => id === event.id),
      )

    assert.deepEqual(await list({}), [3, 2, 1, 0])
    assert.deepEqual(await list({ limit: 2 }), [3, 2])
    assert.deepEqual(await list({ limit: 2, after: events[2]?.id ?? null }), [1, 0])
    assert.deepEqual(await list({ type: 'a' }), [3, 2, 0])
    assert.deepEqual(await list({ actorId: 'left' }), [3, 1, 0])
    assert.deepEqual(await list({ targetId: 'x' }), [2, 0])
    assert.deepEqual(await list({ targetId: 'y', actorId: 'left', type: 'a' }), [3])
    assert.deepEqual(await list({ sinceMs: NOW }), [3, 2])
    assert.deepEqual(await list({ sinceMs: NOW - HOUR, untilMs: NOW }), [1])
    assert.deepEqual(await list({ type: 'nothing' }), [])
  })
})

onEachDatabase((bench) => {
  test('the lease of the chain is held by one, until it ends or is renewed', async () => {
    const { store } = await bench().fresh()

    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) => store.takeChainLease(name, NOW, NOW + 10)),
    )
    const holder = ['a', 'b', 'c'][answers.indexOf(true)] ?? ''
    const other = holder === 'a' ? 'b' : 'a'

    assert.equal(answers.filter(Boolean).length, 1)
    assert.equal(await store.takeChainLease(other, NOW + 9, NOW + 20), false)
    assert.equal(await store.takeChainLease(holder, NOW + 9, NOW + 20), true)
    assert.equal(await store.takeChainLease(other, NOW + 19, NOW + 30), false)
    assert.equal(await store.takeChainLease(other, NOW + 20, NOW + 30), true)
    assert.equal(await store.takeChainLease(holder, NOW + 21, NOW + 40), false)
  })

  test('links need the lease, the tail, and events that are not linked yet: all or none', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const [first, second, third] = await givenEvents(fresh, 3)
    assert.ok(first && second && third)
    await store.takeChainLease('holder', NOW, NOW + 10)
    const append = (holder: string, nowMs: number, afterPosition: number, links: ReturnType<typeof link>[]) =>
      store.appendLinks({ holder, nowMs, afterPosition, links })
    await append('holder', NOW, 0, [link(first, 1)])

    const refused = [
      await append('stranger', NOW, 1, [link(second, 2)]),
      await append('holder', NOW + 10, 1, [link(second, 2)]),
      await append('holder', NOW, 0, [link(second, 1)]),
      await append('holder', NOW, 2, [link(second, 3)]),
      await append('holder', NOW, 1, [link(second, 2), link(first, 3)]),
      await append('holder', NOW, 1, [link(second, 2), link(makeEvent(), 3)]),
    ]
    await assert.rejects(append('holder', NOW, 1, [link(second, 3)]), /follow one another/)

    assert.deepEqual(refused, Array(6).fill(false))
    const { tail, events } = await store.readUnchained(10)
    assert.deepEqual(tail, { position: 1, hash: 'hash 1' })
    assert.deepEqual(events, [second, third])
    assert.equal(await append('holder', NOW, 1, []), true)
    assert.equal(await append('holder', NOW, 1, [link(second, 2), link(third, 3)]), true)
  })

  test('of two chainers at once only one extends a tail', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const events = await givenEvents(fresh, 4)
    await store.takeChainLease('holder', NOW, NOW + 10)

    const answers = await Promise.all(
      events.map((event) =>
        store.appendLinks({ holder: 'holder', nowMs: NOW, afterPosition: 0, links: [link(event, 1)] }),
      ),
    )

    assert.equal(answers.filter(Boolean).length, 1)
    assert.equal((await store.readChain(0, 10)).length, 1)
  })

  test('the chain is read in its own order, and its end is remembered apart from it', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const [first, second, third] = await givenEvents(fresh, 3)
    assert.ok(first && second && third)
    assert.deepEqual((await store.readUnchained(2)).tail, { position: 0, hash: '' })
    await store.takeChainLease('holder', NOW, NOW + 10)
    const links = [link(third, 1), link(first, 2), link(second, 3)]
    await store.appendLinks({ holder: 'holder', nowMs: NOW, afterPosition: 0, links })

    const chain = await store.readChain(1, 10)
    await fresh.tamper('delete from audit_events where id = $1', second.id)

    assert.deepEqual(chain, [
      { event: first, chain: { position: 2, hash: 'hash 2' } },
      { event: second, chain: { position: 3, hash: 'hash 3' } },
    ])
    assert.equal((await store.readChain(0, 10)).length, 2)
    assert.deepEqual(await store.readUnchained(10), { tail: { position: 3, hash: 'hash 3' }, events: [] })
  })

  test('what an account did and what was done to it comes once each, the newest first, page by page', async () => {
    const fresh = await bench().fresh()
    const { store } = fresh
    const [own, other] = [await givenAccount(fresh), await givenAccount(fresh)]
    const by = (id: string) => ({ kind: 'account', id, credential: null }) as const
    const to = (id: string) => ({ kind: 'account', id })
    const events = [
      makeEvent({ type: 'both', actor: by(own.id), target: to(own.id) }),
      makeEvent({ type: 'done by', actor: by(own.id), target: to('ses_1') }),
      makeEvent({ type: 'foreign', actor: by(other.id), target: to(other.id) }),
      makeEvent({ type: 'done to', actor: by(other.id), target: to(own.id) }),
      makeEvent({ type: 'last', actor: by(own.id), target: null }),
    ]
    await store.appendAudit(events)

    const whole = await store.listActivity(own.id, { limit: 10, after: null })
    const first = await store.listActivity(own.id, { limit: 2, after: null })
    const second = await store.listActivity(own.id, { limit: 2, after: first.at(-1)?.id ?? null })

    assert.deepEqual(
      whole.map(({ type }) => type),
      ['last', 'done to', 'done by', 'both'],
    )
    assert.deepEqual([...first, ...second], whole)
  })

  test('unchained events come oldest first, no more than asked for', async () => {
    const fresh = await bench().fresh()
    const [first, second] = await givenEvents(fresh, 3)

    assert.deepEqual((await fresh.store.readUnchained(2)).events, [first, second])
  })
})
