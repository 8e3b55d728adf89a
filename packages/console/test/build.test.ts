/** What the build leaves: small enough, the same each time, without paths of a machine and without anything inline. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { buildConsole } from '@countersign/tools/console'

const DIST = join(import.meta.dirname, '../dist')
/** All JavaScript together, also what is only loaded later: the first load can only be smaller. */
const GZIP_BYTES_MAX = 250_000
const STYLE_GZIP_BYTES_MAX = 30_000

let names: readonly string[]

before(async () => {
  await buildConsole()
  names = await readdir(DIST)
})

const sizeOf = async (ending: string): Promise<number> => {
  const files = names.filter((name) => name.endsWith(ending))
  assert.ok(files.length > 0)
  const sizes = await Promise.all(files.map(async (name) => (await readFile(join(DIST, name))).length))
  return sizes.reduce((sum, size) => sum + size, 0)
}

test('the scripts stay within 250 kB, the style sheets within 30 kB, both as gzip', async () => {
  const scripts = await sizeOf('.js.gz')
  const styles = await sizeOf('.css.gz')

  assert.ok(scripts <= GZIP_BYTES_MAX, `${scripts} bytes of scripts`)
  assert.ok(styles <= STYLE_GZIP_BYTES_MAX, `${styles} bytes of style sheets`)
})

test('no file names a path of the machine that built it, and none is a source map', async () => {
  const root = join(import.meta.dirname, '../../..')
  for (const name of names) {
    const text = await readFile(join(DIST, name), 'latin1')

    assert.ok(!text.includes(root), name)
    assert.ok(!name.endsWith('.map') && !text.includes('sourceMappingURL='), name)
  }
})

test('the page and its style sheets hold nothing that the policy would refuse', async () => {
  const page = await readFile(join(DIST, 'index.html'), 'utf8')
  const styles = names.filter((name) => name.endsWith('.css'))

  assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?:/)
  for (const name of styles)
    assert.doesNotMatch(await readFile(join(DIST, name), 'utf8'), /url\((?:data|https?):/)
})

test('each file but the page is named after its content, and text lies there compressed as well', () => {
  const files = names.filter((name) => !['index.html', 'built-from.txt'].includes(name))
  for (const name of files) assert.match(name, /-[\w-]{8}\.(?:js|css|woff2)(?:\.br|\.gz)?$/)
})

test('what is there is not built again', async () => {
  assert.equal(await buildConsole(), 'there')
})
