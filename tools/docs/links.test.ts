// Every relative link in every Markdown file leads to a file that is there, and to a heading that is in it.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { test } from 'node:test'
import { listDocuments, ROOT, readDocument, readHeadings, readLinks, toAnchor } from './markdown.ts'

const documents = listDocuments()

/** What is wrong with the links of a document; `has` and `read` answer for paths from the root. */
function findBroken(
  file: string,
  text: string,
  has: (path: string) => boolean,
  read: (path: string) => string,
): string[] {
  return readLinks(text).flatMap((link) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return []
    const [target = '', anchor] = link.split('#')
    const path = target === '' ? file : join(dirname(file), target)
    if (path.startsWith('..')) return [`${link} leads out of the repository`]
    if (!has(path)) return [`${link} leads nowhere`]
    if (anchor === undefined) return []
    const anchors = readHeadings(read(path)).map(({ title }) => toAnchor(title))
    return anchors.includes(anchor) ? [] : [`${link} names no heading of ${path}`]
  })
}

test('a link to a missing file, to a missing heading or out of the repository is found', () => {
  const text =
    '# A\n[one](gone.md) [two](b.md#nowhere) [three](#nowhere) [four](../../x.md) [five](b.md#the-end)'
  const has = (path: string): boolean => path === 'docs/a.md' || path === 'docs/b.md'

  const broken = findBroken('docs/a.md', text, has, (path) => (path === 'docs/b.md' ? '## The end!' : text))

  assert.deepEqual(broken, [
    'gone.md leads nowhere',
    'b.md#nowhere names no heading of docs/b.md',
    '#nowhere names no heading of docs/a.md',
    '../../x.md leads out of the repository',
  ])
})

test('links in code and links to other sites are left alone', () => {
  const text = '`[a](gone.md)` [b](https://example.com/c)\n```text\n[d](gone.md)\n```'

  assert.deepEqual(
    findBroken(
      'a.md',
      text,
      () => false,
      () => '',
    ),
    [],
  )
})

test('the documents are found', () => {
  for (const file of [
    'README.md',
    'SECURITY.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'docs/architecture.md',
  ]) {
    assert.ok(documents.includes(file), file)
  }
})

for (const file of documents) {
  test(`every link in ${file} leads somewhere`, () => {
    assert.deepEqual(
      findBroken(file, readDocument(file), (path) => existsSync(join(ROOT, path)), readDocument),
      [],
    )
  })
}

test('every document but the first is linked from another one', () => {
  const linked = new Set(
    documents.flatMap((file) =>
      readLinks(readDocument(file)).map((link) => join(dirname(file), link.split('#')[0] ?? '')),
    ),
  )

  // The pages of error codes are reached by the `type` of each problem document.
  const lost = documents.filter(
    (file) => file !== 'README.md' && !file.startsWith('docs/errors/') && !linked.has(file),
  )

  assert.deepEqual(lost, [])
})
