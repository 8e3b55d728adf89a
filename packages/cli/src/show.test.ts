import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Column, showPage, showRecord } from './show.ts'
import { createStyle, type Terminal } from './terminal.ts'

interface Named {
  readonly id: string
  readonly name: string | null
}

const columns: readonly Column<Named>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'name', value: (one) => one.name },
]
const page = {
  items: [
    { id: 'a', name: 'Mia' },
    { id: 'bcd', name: null },
  ],
  next_cursor: 'bcd',
}
const ESCAPE = String.fromCharCode(27)

test('a stranger’s name cannot break a line, a column or the terminal', () => {
  const hostile = { items: [{ id: 'a', name: `x\ty\nz${ESCAPE}[2J\u202e\u009b1m` }], next_cursor: null }
  for (const isTty of [true, false]) {
    const { terminal, out } = givenTerminal({ isTty })

    showPage(terminal, hostile, columns)

    assert.match(out.at(-1) ?? '', /x\\u\{9\}y\\u\{a\}z\\u\{1b\}\[2J\\u\{202e\}\\u\{9b\}1m$/)
  }
})

test('off a terminal a page is tabs without titles, and the next page is told beside it', () => {
  const { terminal, out, err } = givenTerminal({})

  showPage(terminal, page, columns)

  assert.deepEqual(out, ['a\tMia', 'bcd\t'])
  assert.deepEqual(err, ['There is more: --cursor bcd'])
})

test('on a terminal a page is a table with titles', () => {
  const { terminal, out } = givenTerminal({ isTty: true })

  showPage(terminal, page, columns)

  assert.deepEqual(out, ['id   name\na    Mia\nbcd  –'])
})

test('an empty page says so to people and nothing to programs', () => {
  const person = givenTerminal({ isTty: true })
  const program = givenTerminal({})

  for (const { terminal } of [person, program]) showPage(terminal, { items: [], next_cursor: null }, columns)

  assert.deepEqual(person.out, ['(none)'])
  assert.deepEqual(program.out, [])
})

test('JSON is the authority’s answer as it is, cursor included, with nothing beside it', () => {
  const { terminal, out, err } = givenTerminal({ json: true })

  showPage(terminal, page, columns)
  showRecord(terminal, { ended: 'a' }, [['ended', 'a']])

  assert.deepEqual(
    out.map((line) => JSON.parse(line)),
    [page, { ended: 'a' }],
  )
  assert.deepEqual(err, [])
})

test('colour is there only where it was asked for', () => {
  assert.equal(createStyle(false).red('x'), 'x')
  assert.ok(createStyle(true).red('x').startsWith(ESCAPE))
})

function givenTerminal(options: { isTty?: boolean; json?: boolean }): {
  terminal: Terminal
  out: string[]
  err: string[]
} {
  const out: string[] = []
  const err: string[] = []
  const terminal = {
    env: {},
    cwd: '/',
    stdin: process.stdin,
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    isTty: options.isTty === true,
    json: options.json === true,
    style: createStyle(false),
    errStyle: createStyle(false),
  }
  return { terminal, out, err }
}
