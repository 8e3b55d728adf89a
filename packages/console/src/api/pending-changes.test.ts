/** Changes that show before they are proven: refused, two at once, overtaken by answers, and after everything was forgotten. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type InfiniteData, QueryClient } from '@tanstack/react-query'
import { PendingChanges, shownIn, shownInPages } from './pending-changes.ts'

interface Thing {
  readonly id: string
  readonly name: string
  readonly note: string
}

const KEY = ['thing', 'a'] as const
const thing: Thing = { id: 'a', name: 'old', note: 'old' }

const named = (name: string) => shownIn<Thing>(KEY, (one) => ({ ...one, name }))
const noted = (note: string) => shownIn<Thing>(KEY, (one) => ({ ...one, note }))

function given(): { queries: QueryClient; changes: PendingChanges; shown: () => Thing | undefined } {
  const queries = new QueryClient()
  queries.setQueryData(KEY, thing)
  return { queries, changes: new PendingChanges(queries), shown: () => queries.getQueryData<Thing>(KEY) }
}

test('a refused change is taken back, to the last word', async () => {
  const { changes, shown } = given()
  const change = await changes.begin([named('new')])
  assert.equal(shown()?.name, 'new')

  change.refused()

  assert.deepEqual(shown(), thing)
})

test('an accepted change stays', async () => {
  const { changes, shown } = given()
  const change = await changes.begin([named('new')])

  change.accepted()

  assert.equal(shown()?.name, 'new')
})

test('of two changes of one text the refused first one does not take the second along', async () => {
  const { changes, shown } = given()
  const first = await changes.begin([named('first')])
  const second = await changes.begin([named('second')])

  first.refused()
  assert.equal(shown()?.name, 'second')
  second.refused()

  assert.equal(shown()?.name, 'old')
})

test('of two changes the refused second one leaves what the first one did', async () => {
  const { changes, shown } = given()
  const [first, second] = await Promise.all([
    changes.begin([named('first')]),
    changes.begin([noted('second')]),
  ])

  first.accepted()
  second.refused()

  assert.deepEqual(shown(), { id: 'a', name: 'first', note: 'old' })
})

test('the same change begun twice is taken back once for each refusal', async () => {
  const { changes, shown } = given()
  const patch = named('new')
  const first = await changes.begin([patch])
  const second = await changes.begin([patch])

  first.refused()
  assert.equal(shown()?.name, 'new')
  second.refused()

  assert.equal(shown()?.name, 'old')
})

test('an answer that comes meanwhile is kept, with the change on top and without it after a refusal', async () => {
  const { queries, changes, shown } = given()
  const change = await changes.begin([named('new')])

  await queries.fetchQuery({ queryKey: KEY, queryFn: () => ({ ...thing, note: 'from elsewhere' }) })
  assert.deepEqual(shown(), { id: 'a', name: 'new', note: 'from elsewhere' })
  change.refused()

  assert.deepEqual(shown(), { id: 'a', name: 'old', note: 'from elsewhere' })
})

test('an answer that was asked for before the change does not overwrite it', async () => {
  const { queries, changes, shown } = given()
  const late = Promise.withResolvers<Thing>()
  const asked = queries.fetchQuery({ queryKey: KEY, queryFn: () => late.promise }).catch(() => undefined)

  const change = await changes.begin([named('new')])
  late.resolve(thing)
  await asked
  change.accepted()

  assert.equal(shown()?.name, 'new')
})

test('a first answer that is on its way is still waited for, and nothing is made up before it', async () => {
  const queries = new QueryClient()
  const changes = new PendingChanges(queries)
  const late = Promise.withResolvers<Thing>()
  const asked = queries.fetchQuery({ queryKey: KEY, queryFn: () => late.promise })

  const change = await changes.begin([named('new')])
  assert.equal(queries.getQueryData(KEY), undefined)
  late.resolve(thing)

  assert.deepEqual(await asked, thing)
  change.refused()
  assert.deepEqual(queries.getQueryData(KEY), thing)
})

test('a change shows in every list that holds the thing, on whichever page, and nowhere else', async () => {
  const queries = new QueryClient()
  const changes = new PendingChanges(queries)
  const other = { ...thing, id: 'b' }
  const list = (...pages: Thing[][]): InfiniteData<{ items: Thing[] }> => ({
    pages: pages.map((items) => ({ items })),
    pageParams: pages.map(() => undefined),
  })
  queries.setQueryData(['things', ''], list([other], [thing]))
  queries.setQueryData(['things', 'searched'], list([thing]))
  queries.setQueryData(['others'], list([thing]))

  const change = await changes.begin([
    shownInPages<Thing>(['things'], 'a', (one) => ({ ...one, name: 'new' })),
  ])
  const after = { ...thing, name: 'new' }
  assert.deepEqual(queries.getQueryData(['things', '']), list([other], [after]))
  assert.deepEqual(queries.getQueryData(['things', 'searched']), list([after]))
  assert.deepEqual(queries.getQueryData(['others']), list([thing]))
  change.refused()

  assert.deepEqual(queries.getQueryData(['things', '']), list([other], [thing]))
})

test('after everything was forgotten a refusal brings nothing back', async () => {
  const { queries, changes, shown } = given()
  const change = await changes.begin([named('new')])

  queries.clear()
  change.refused()

  assert.equal(shown(), undefined)
  assert.equal(queries.getQueryCache().getAll().length, 0)
})

test('what is shown ahead is no fresher than the answer below it', async () => {
  const { queries, changes } = given()
  queries.setQueryData(KEY, thing, { updatedAt: 1_000 })

  await changes.begin([named('new')])

  assert.equal(queries.getQueryState(KEY)?.dataUpdatedAt, 1_000)
})
