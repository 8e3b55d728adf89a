// The table of errors and the pages in docs/errors, held against each other both ways.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { errors, isErrorCode, oauthErrors } from '@countersign/protocol'
import { listDocuments, ROOT, readDocument, readFences, readHeadings, readSection } from './markdown.ts'

const SECTIONS = ['What happened', 'Why it is refused', 'How to mend it', 'Example']
const OAUTH_PAGE = 'oauth.md'

const pages = readdirSync(join(ROOT, 'docs', 'errors')).sort()

test('every code has a page and every page has a code', () => {
  const wanted = [...Object.keys(errors).map((code) => `${code}.md`), OAUTH_PAGE].sort()

  assert.deepEqual(pages, wanted)
})

for (const [code, { status, title, detail }] of Object.entries(errors)) {
  test(`the page of ${code} says its title, status and detail, and how to mend it`, () => {
    const text = readDocument(`docs/errors/${code}.md`)

    assert.deepEqual(
      readHeadings(text).map((heading) => heading.title),
      [title, ...SECTIONS],
    )
    assert.ok(text.includes(`\`${code}\`, HTTP status ${status}. ${detail}\n`))
    for (const section of SECTIONS) assert.ok(readSection(text, section).trim().length > 40, section)
  })

  test(`the example on the page of ${code} is the problem document that callers get`, () => {
    const [fence, ...others] = readFences(readDocument(`docs/errors/${code}.md`))
    assert.deepEqual([fence?.language, others.length], ['json', 0])

    const example: unknown = JSON.parse(fence?.body ?? '')

    assert.ok(typeof example === 'object' && example !== null && 'decision_id' in example)
    const { decision_id: decisionId, ...rest } = example
    assert.match(String(decisionId), /^dec_[0-9a-z]{26}$/)
    const fields = 'errors' in example ? { errors: example.errors } : {}
    assert.deepEqual(rest, {
      type: `https://auth.example.com/docs/errors/${code}`,
      title,
      status,
      detail,
      code,
      ...fields,
    })
    assert.equal('errors' in example, code === 'invalid_request')
  })
}

test('every OAuth code has a section with its status, and every section has a code', () => {
  const text = readDocument(`docs/errors/${OAUTH_PAGE}`)
  const sections = readHeadings(text).filter(({ level }) => level === 2)

  assert.deepEqual(
    sections.map(({ title }) => title),
    Object.keys(oauthErrors),
  )
  for (const [code, status] of Object.entries(oauthErrors)) {
    const section = readSection(text, code)
    assert.ok(section.includes(`HTTP status ${status}.`), code)
    for (const part of ['What happened.', 'Why.', 'How to mend it.']) assert.ok(section.includes(part), code)
  }
})

test('problem documents that other pages show are ones that callers get', () => {
  const shown = listDocuments()
    .filter((file) => !file.startsWith('docs/errors/'))
    .flatMap((file) => readFences(readDocument(file)))
    .filter(({ language, body }) => language === 'json' && body.includes('"decision_id"'))
    .map(({ body }): unknown => JSON.parse(body))
  assert.ok(shown.length > 0)

  for (const problem of shown) {
    assert.ok(typeof problem === 'object' && problem !== null && 'code' in problem)
    const code = String(problem.code)
    assert.ok(isErrorCode(code), code)
    assert.partialDeepStrictEqual(problem, {
      ...errors[code],
      type: `https://auth.example.com/docs/errors/${code}`,
    })
  }
})
