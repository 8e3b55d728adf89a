// What docs/oauth.md tells of other people's clients is what the tests run: their versions, and the code that configures them.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT, readDocument, readFences, readLinks, readSection } from './markdown.ts'

const section = readSection(readDocument('docs/oauth.md'), 'Clients that are tested')

/** Without the spaces, or the tabs, that all of its lines begin with. */
function unindent(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const width = Math.min(...lines.map((line) => line.search(/\S/)))
  return text.replaceAll(new RegExp(`^[ \\t]{${width}}`, 'gm'), '')
}

/** Whether the lines stand in the program, in one piece, at whatever depth. */
function standsIn(fence: string, program: string): boolean {
  const wanted = fence.split('\n')
  const lines = program.split('\n')
  return lines.some((_, at) => unindent(lines.slice(at, at + wanted.length).join('\n')) === fence)
}

test('a line that is missing, altered or deeper than its neighbours is noticed', () => {
  assert.ok(standsIn('a {\n  b\n}', '  x\n  a {\n    b\n  }\n  y'))
  assert.ok(standsIn('a {\n\tb\n}', '\ta {\n\t\tb\n\t}'))
  assert.ok(!standsIn('a {\n  b\n}', '  a {\n    c\n  }'))
  assert.ok(!standsIn('a {\n  b\n}', '  a {\n  b\n  }'))
  assert.ok(!standsIn('a\nc', 'a\nb\nc'))
})

test('every piece of code stands to the letter in the example that its chapter links to', () => {
  const chapters = section.split(/^### /m).slice(1)
  assert.ok(chapters.length > 0)
  for (const chapter of chapters) {
    const [title = ''] = chapter.split('\n')
    const programs = readLinks(chapter)
      .filter((link) => link.startsWith('../examples/'))
      .map((link) => readFileSync(join(ROOT, 'docs', link), 'utf8'))
    const fences = readFences(chapter)
    assert.ok(fences.length > 0, title)
    for (const { body } of fences) {
      assert.ok(
        programs.some((program) => standsIn(body, program)),
        `${title}: ${body}`,
      )
    }
  }
})

test('the versions of packages from npm are those that are installed', () => {
  const rows = [...section.matchAll(/^\| `([^`]+)`[^|]* \| JavaScript \| (\S+) \|/gm)]

  assert.ok(rows.length > 0)
  for (const [, name = '', version] of rows) {
    const manifest = readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')
    const installed: unknown = JSON.parse(manifest)
    assert.ok(typeof installed === 'object' && installed !== null && 'version' in installed)
    assert.equal(version, installed.version, name)
  }
})

test('the versions of packages in other languages are those that the examples pin', () => {
  const read = (path: string): string => readFileSync(join(ROOT, 'examples', path), 'utf8')
  const pins = {
    Go: (name: string, version: string) => read('client-go/go.mod').includes(`/${name}/v3 v${version}\n`),
    Python: (name: string, version: string) =>
      read('client-python/requirements.in').includes(`${name}==${version}\n`),
  }
  for (const [language, isPinned] of Object.entries(pins)) {
    const [, name = '', version = ''] =
      new RegExp(`^\\| \`([^\`]+)\` \\| ${language} \\| (\\S+) \\|`, 'm').exec(section) ?? []

    assert.ok(isPinned(name, version), `${language}: ${name} ${version}`)
  }
})
