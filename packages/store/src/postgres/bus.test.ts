/** The bus between nodes on a real Postgres: order, loss, and coming back. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Bus, StoreUnavailable } from '@countersign/core'
import { requireTestDatabase } from '@countersign/tools/postgres'
import { openClient, openLine } from '../../test/given-postgres.ts'
import { createPostgresBus, notifyAll } from './bus.ts'

interface Heard {
  readonly bus: Bus
  readonly texts: string[]
  /** `listening` and `lost`, in order. */
  readonly states: string[]
  /** Resolves as soon as it is so. */
  until(isSo: () => boolean): Promise<void>
}

async function givenBus(t: TestContext, url: string, elsewhere = url): Promise<Heard> {
  const client = await openClient(t, elsewhere)
  const bus = createPostgresBus({
    url,
    notify: (texts) => client.query(notifyAll.text, [JSON.stringify(texts)]),
  })
  t.after(() => bus.close())
  const [texts, states]: [string[], string[]] = [[], []]
  let look = (): void => undefined
  const tell =
    (list: string[]) =>
    (text: string): void => {
      list.push(text)
      look()
    }
  bus.listen({
    onMessage: tell(texts),
    onListening: () => tell(states)('listening'),
    onLost: () => tell(states)('lost'),
  })
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (isSo()) resolve()
      }
      look()
    })
  return { bus, texts, states, until }
}

test('what is published on a closed bus is refused', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const { bus, states, until } = await givenBus(t, url)
  await until(() => states.length === 1)

  await bus.close()

  await assert.rejects(bus.publish(['late']), StoreUnavailable)
})

test('when its connection is ended it says so, listens again, and publishes elsewhere meanwhile', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const { bus, states, texts, until } = await givenBus(t, url)
  const other = await givenBus(t, url)
  await Promise.all([until(() => states.length === 1), other.until(() => other.states.length === 1)])
  const client = await openClient(t, url)

  await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'countersign bus' and datname = current_database()`)
  await until(() => states.includes('lost'))
  await bus.publish(['meanwhile'])
  await Promise.all([until(() => states.length === 3), other.until(() => other.states.length === 3)])
  await bus.publish(['again'])
  await Promise.all([until(() => texts.includes('again')), other.until(() => other.texts.includes('again'))])

  assert.deepEqual(states, ['listening', 'lost', 'listening'])
})

test('on a line that has gone silent a publication fails, and the connection is given up', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const line = await openLine(t, url)
  const { bus, states, until } = await givenBus(t, line.url, url)
  await until(() => states.length === 1)

  line.silence()

  await assert.rejects(bus.publish(['into the void']), StoreUnavailable)
  assert.deepEqual(states, ['listening', 'lost'])
  await bus.publish(['elsewhere'])
})

test('all who listen hear every text in the order of its publication, and so does who has said it', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const heard = [await givenBus(t, url), await givenBus(t, url)]
  const [near, far] = heard
  assert.ok(near && far)
  await Promise.all(heard.map(({ until, states }) => until(() => states.length === 1)))
  const long = `"${'ü'.repeat(3_900)}"`

  for (let turn = 0; turn < 50; turn += 1) {
    await (turn % 2 === 0 ? near : far).bus.publish([`${turn} a`, `${turn} b`])
  }
  await near.bus.publish([long, 'end'])

  await Promise.all(heard.map(({ until, texts }) => until(() => texts.includes('end'))))
  const expected = Array.from({ length: 50 }, (_, turn) => [`${turn} a`, `${turn} b`]).flat()
  assert.deepEqual(near.texts, [...expected, long, 'end'])
  assert.deepEqual(far.texts, near.texts)
})
