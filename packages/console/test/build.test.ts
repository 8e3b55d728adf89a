/** What the build leaves: small enough, the same each time, without paths of a machine and without anything inline. */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { buildConsole } from '@countersign/tools/console'

const DIST = join(import.meta.dirname, '../dist')
/** What an administrator's first page loads, and everything there is, which a person would have to visit each page for. */
const FIRST_LOAD_GZIP_BYTES_MAX = 250_000
const ALL_GZIP_BYTES_MAX = 400_000
const STYLE_GZIP_BYTES_MAX = 35_000

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

/** The page's own script and what it imports before it can run, with the console's frame and its overview. */
async function firstLoad(): Promise<ReadonlySet<string>> {
  const page = await readFile(join(DIST, 'index.html'), 'utf8')
  const found = new Set<string>()
  const follow = async (name: string): Promise<void> => {
    if (found.has(name)) return
    found.add(name)
    const text = await readFile(join(DIST, name), 'utf8')
    for (const [, next] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g))
      await follow(`${next}`)
  }
  for (const [, name] of page.matchAll(/["']\/assets\/console\/([\w.-]+\.js)["']/g)) await follow(`${name}`)
  for (const name of names.filter((one) => /^console-pages-[\w-]+\.js$/.test(one))) await follow(name)
  return found
}

test('the first load stays within 250 kB, all scripts within 400, the style sheets within 35, as gzip', async () => {
  const first = [...(await firstLoad())]
  const sizes = await Promise.all(
    first.map(async (name) => (await readFile(join(DIST, `${name}.gz`)).catch(() => '')).length),
  )
  const loaded = sizes.reduce((sum, size) => sum + size, 0)
  const scripts = await sizeOf('.js.gz')
  const styles = await sizeOf('.css.gz')

  assert.ok(first.length > 1 && loaded > 100_000, `${first.join(', ')}: ${loaded} bytes`)
  assert.ok(loaded <= FIRST_LOAD_GZIP_BYTES_MAX, `${loaded} bytes at first`)
  assert.ok(scripts <= ALL_GZIP_BYTES_MAX, `${scripts} bytes of scripts`)
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
  const files = names.filter((name) => !['index.html', 'ahead.json', 'built-from.txt'].includes(name))
  for (const name of files) assert.match(name, /-[\w-]{8}\.(?:js|css|woff2)(?:\.br|\.gz)?$/)
})

test('the build says what the console and each of its later pages load beside the first scripts', async () => {
  const text = await readFile(join(DIST, 'ahead.json'), 'utf8')
  const ahead: Record<string, readonly string[]> = JSON.parse(text)
  const page = await readFile(join(DIST, 'index.html'), 'utf8')

  assert.ok('console-pages' in ahead && 'audit-page' in ahead, text)
  for (const name of Object.values(ahead).flat()) {
    assert.ok(names.includes(name), name)
    assert.ok(!page.includes(name), name)
  }
})

test('what is there is not built again', async () => {
  assert.equal(await buildConsole(), 'there')
})
