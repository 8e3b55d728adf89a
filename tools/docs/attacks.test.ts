/** The tests that docs/security/attacks.md names are there, under the names that it gives them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const PAGE = join(import.meta.dirname, '../../docs/security/attacks.md')
const rows = [...readFileSync(PAGE, 'utf8').matchAll(/\]\(([^)]+\.test\.ts)\): “(.+)” \|$/gm)]

test('the page names tests', () => {
  assert.ok(rows.length > 50)
})

for (const [, path = '', title = ''] of rows) {
  test(`${path.split('/').at(-1)} has the test “${title}”`, () => {
    const source = readFileSync(join(dirname(PAGE), path), 'utf8')
    assert.ok(source.includes(`test('${title}'`) || source.includes(`test(\`${title}\``), title)
  })
}
