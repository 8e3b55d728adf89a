/** The audit log in the console: by day and by filter, exported as it is shown, and its chain checked. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { AuditEventShape } from '@countersign/protocol'
import { requireProgram } from '@countersign/tools/programs'
import { CSV_COLUMNS, exportEvents, toCsv } from '../src/audit/export.ts'
import { assertAccessible, shoot, shootEveryWay } from './browser.ts'
import { newPerson, signIn, speakGerman } from './people.ts'
import { openStage } from './stage.ts'

const event = (over: Partial<AuditEventShape> = {}): AuditEventShape => ({
  id: 'evt_1',
  at: '2026-01-15T12:00:00Z',
  type: 'role.created',
  outcome: 'success',
  actor: { kind: 'account', id: 'acc_1', credential: 'ses_1' },
  target: null,
  address: null,
  request_id: null,
  details: {},
  chain: { position: 7, hash: 'h' },
  ...over,
})

test('a cell that begins like a formula is none, and quotes, commas and lines stay in their cell', () => {
  const line = toCsv(event({ address: '=HYPERLINK("x")', request_id: 'a,b', details: { note: '@"\n' } }))

  assert.ok(line.includes(`"'=HYPERLINK(""x"")","a,b"`), line)
  assert.ok(line.endsWith(',7\r\n'))
  assert.equal(toCsv(event()).split(',').length, CSV_COLUMNS.length)
})

test('an export reads page after page, tells how far it is, and can be stopped', async () => {
  const pages = [
    { items: [event(), event()], next_cursor: 'b' },
    { items: [event()], next_cursor: null },
  ]
  const asked: (string | undefined)[] = []
  const told: number[] = []
  const ports = {
    readPage: async (cursor: string | undefined) => {
      asked.push(cursor)
      return pages[cursor === undefined ? 0 : 1] ?? { items: [], next_cursor: null }
    },
    onProgress: (count: number) => told.push(count),
  }

  const whole = await exportEvents('ndjson', { ...ports, isStopped: () => false })
  const part = await exportEvents('csv', { ...ports, isStopped: () => true })

  assert.deepEqual([whole.count, whole.isCut, whole.parts.join('').trim().split('\n').length], [3, false, 3])
  assert.deepEqual([part.count, part.isCut], [2, true])
  assert.deepEqual(asked, [undefined, 'b', undefined])
  assert.deepEqual(told, [2, 3, 2])
})

test('the audit log', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })
  const { world } = stage
  await newPerson(world, 'Iris Listed')
  await world.admin.roles.create({ id: 'porter', permissions: ['doors:open'], description: '=1+1' })

  /** Behind the authority's back, while it runs. */
  const tamper = async (): Promise<void> => {
    const statements = await readFile(join(import.meta.dirname, 'tampering.sql'), 'utf8')
    const database = new DatabaseSync(join(world.dataFolder, 'countersign.db'), { timeout: 10_000 })
    database.exec(statements)
    database.close()
  }

  await stage.play('is filtered by kind and time, exported as it is shown, and checked', {}, async (page) => {
    await signIn(page, world, '/console/audit')
    await page.getByRole('heading', { name: 'Today' }).waitFor()
    await page.getByLabel('Kind').fill('role.created')
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.waitForURL(/type=role\.created/)
    await page.getByText('account.created').waitFor({ state: 'detached' })
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export NDJSON' }).click()
    const lines = (await readFile(await (await download).path(), 'utf8')).trim().split('\n')
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).type),
      ['role.created'],
    )
    await page.getByText('1 event exported.').waitFor()

    await page.getByLabel('From', { exact: true }).fill('2031-01-01T00:00')
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByText('Nothing found').waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByText('account.created').first().waitFor()
    await page.getByRole('button', { name: 'Check the chain' }).click()
    await page.getByText('The chain is intact').waitFor()
    await shootEveryWay(page, 'audit')
    await speakGerman(page)
    await page.getByRole('heading', { name: 'Heute' }).waitFor()
    await assertAccessible(page)
    await shoot(page, 'audit-de')
  })

  await stage.play('is said to be broken, and where, once an event was altered', {}, async (page) => {
    const { items } = await world.admin.audit.list({ type: 'role.created' })
    const position = items[0]?.chain?.position
    assert.ok(position !== undefined)
    await signIn(page, world, '/console/audit')
    await page.getByRole('button', { name: 'Check the chain' }).click()
    await page.getByText('The chain is intact').waitFor()

    await tamper()
    await page.getByRole('button', { name: 'Check the chain' }).click()

    const told = page.getByRole('alert').filter({ hasText: `The chain is broken at position ${position}` })
    await told.getByText('an event is altered').waitFor()
    assert.equal(await page.getByText('The chain is intact').count(), 0)
    await shootEveryWay(page, 'audit-broken')
  })
})
