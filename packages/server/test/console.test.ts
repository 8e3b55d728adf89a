/** How the console's files are handed out: by whom they may be kept, in which form, and nothing but them. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createAuthority } from '../src/create.ts'
import { StartError } from '../src/start-error.ts'
import * as given from './given.ts'
import { configOf, type Given } from './given.ts'

const PAGES = ['/account', '/account/keys', '/console', '/console/people', '/console/people/acc_1']
const INDEX =
  '<!doctype html><html lang="en"><head><!--server--></head><body><b><!--name--></b></body></html>'

/** The page says nothing about anybody, so it asks for none in particular. */
const ANY_SESSION = '__Host-countersign_session=anything'

/** A folder as a build leaves it; and beside it something that nobody may have. */
async function builtConsole(t: TestContext, settings: Record<string, string> = {}): Promise<Given> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-built-'))
  t.after(() => rm(folder, { recursive: true }))
  const files = {
    'index.html': INDEX,
    'main-AbC123.js': 'console.log(1)',
    'main-AbC123.js.br': 'br',
    'main-AbC123.js.gz': 'gz',
    'font-1.woff2': 'font',
    'part-AbC123.js': 'console.log(2)',
    'ahead.json': JSON.stringify({
      'console-pages': ['part-AbC123.js', 'gone-AbC123.js'],
      'audit-page': ['part-AbC123.js', 'main-AbC123.js'],
      'account-keys-page': ['main-AbC123.js'],
    }),
    'built-from.txt': 'stamp',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return given.authority(t, { COUNTERSIGN_CONSOLE_FOLDER: folder, ...settings })
}

test('what is no file of the build is not there, whatever its name leads to', async (t) => {
  const to = await builtConsole(t)
  const names = [
    ...[
      'main-AbC124.js',
      'built-from.txt',
      'ahead.json',
      'index.html',
      'main-AbC123.js.br',
      '..%2f..%2fsecrets.json',
    ],
    ...['..%5Cindex.html', '%2e%2e%2findex.html', 'main-AbC123.js%00.css', 'MAIN-abc123.js'],
  ]
  for (const name of names) {
    const answer = await to.send('GET', `/assets/console/${name}`)

    assert.equal(answer.status, 404, name)
  }
})

test('a file may be kept for good, is of its type and cannot be sniffed or framed', async (t) => {
  const to = await builtConsole(t)

  const script = await to.send('GET', '/assets/console/main-AbC123.js')
  const font = await to.send('GET', '/assets/console/font-1.woff2')

  assert.equal(script.text, 'console.log(1)')
  assert.equal(script.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8')
  assert.equal(script.headers.get('vary'), 'accept-encoding')
  assert.equal(script.headers.get('content-encoding'), null)
  assert.equal(font.headers.get('content-type'), 'font/woff2')
})

test('a reader is given the smallest form that it understands', async (t) => {
  const to = await builtConsole(t)
  const forms = [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['deflate', null],
    ['*', null],
  ] as const
  for (const [accepted, encoding] of forms) {
    const headers = { 'accept-encoding': accepted }
    const answer = await to.send('GET', '/assets/console/main-AbC123.js', { headers })

    assert.equal(answer.headers.get('content-encoding'), encoding, accepted)
  }
})

test('the page is kept nowhere, and its policy lets in our own files and no text as script', async (t) => {
  const to = await builtConsole(t)
  for (const path of PAGES) {
    const { status, headers, text } = await to.send('GET', path, { cookie: ANY_SESSION })

    assert.equal(status, 200)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'",
    )
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin')
    assert.doesNotMatch(text, /<!--server-->|<!--name-->|<script(?![^>]* src=)|<style|\sstyle=/)
  }
})

test('the page is light or dark from the first moment where that was chosen', async (t) => {
  const to = await builtConsole(t)
  const page = async (scheme: string): Promise<string> =>
    (await to.send('GET', '/console', { cookie: `${ANY_SESSION}; __Host-countersign_scheme=${scheme}` })).text

  assert.match(await page('sepia'), /<html lang="en">/)
  assert.match(await page('dark'), /<html data-mantine-color-scheme="dark" lang="en">/)
})

test('the page names the scripts of its address ahead, of those that the build left, each once', async (t) => {
  const to = await builtConsole(t)
  const named = async (path: string): Promise<readonly (string | undefined)[]> => {
    const { text } = await to.send('GET', path, { cookie: ANY_SESSION })
    return [...text.matchAll(/<link rel="modulepreload" crossorigin href="([^"]*)">/g)].map(
      ([, href]) => href,
    )
  }

  assert.deepEqual(await named('/account'), [])
  assert.deepEqual(await named('/account/__proto__'), [])
  assert.deepEqual(await named('/account/keys'), ['/assets/console/main-AbC123.js'])
  assert.deepEqual(await named('/console/keys'), ['/assets/console/part-AbC123.js'])
  assert.deepEqual(await named('/console/%22%3E%3Cscript%3E'), ['/assets/console/part-AbC123.js'])
  assert.deepEqual(await named('/console'), ['/assets/console/part-AbC123.js'])
  assert.deepEqual(await named('/console/audit'), [
    '/assets/console/part-AbC123.js',
    '/assets/console/main-AbC123.js',
  ])
})

test('whoever brings no session signs in first, and comes back to what they asked for', async (t) => {
  const to = await builtConsole(t)
  const asked = [
    '/account',
    '/console/people?q=a%20b&at=2',
    '/console/people/acc%2F..%2F1',
    '/console?next=%2F',
  ]
  for (const path of asked) {
    const { status, headers } = await to.send('GET', path)

    assert.equal(status, 303)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('location'), `/sign-in?${new URLSearchParams({ next: path })}`)
  }
})

test('a brand full of markup stays text', async (t) => {
  const name = `<script>"'&$&$1\`</script>`
  const to = await builtConsole(t, { COUNTERSIGN_BRAND_NAME: name })

  const { text } = await to.send('GET', '/console', { cookie: ANY_SESSION })

  assert.doesNotMatch(text, /<script>/)
  assert.ok(text.includes('<title>&lt;script&gt;&quot;&#39;&amp;$&amp;$1`&lt;/script&gt;</title>'), text)
  assert.ok(text.includes('<b>&lt;script&gt;&quot;&#39;&amp;$&amp;$1`&lt;/script&gt;</b>'), text)
})

test('where nothing was built, the pages say how to build them', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-unbuilt-'))
  t.after(() => rm(folder, { recursive: true }))
  for (const empty of [folder, join(folder, 'nowhere')]) {
    const to = await given.authority(t, { COUNTERSIGN_CONSOLE_FOLDER: empty })

    const { status, text } = await to.send('GET', '/console')

    assert.equal(status, 200)
    assert.match(text, /npm run build/)
  }
})

test('the mark is the operator’s picture, and is nothing but a picture', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-logo-'))
  t.after(() => rm(folder, { recursive: true }))
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
  await writeFile(join(folder, 'logo.svg'), svg)
  const to = await given.authority(t, { COUNTERSIGN_BRAND_LOGO: join(folder, 'logo.svg') })

  const answer = await to.send('GET', '/assets/brand-logo')

  assert.equal(answer.text, svg)
  assert.equal(answer.headers.get('content-type'), 'image/svg+xml; charset=utf-8')
  assert.equal(
    answer.headers.get('content-security-policy'),
    "default-src 'none'; sandbox; frame-ancestors 'none'",
  )
})

test('a mark that is none stops the start, and says so', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-logo-'))
  t.after(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'page.html'), '<!doctype html>')
  await writeFile(join(folder, 'huge.svg'), `<svg>${'x'.repeat(262_144)}`)
  const wrong = {
    'page.html': /neither an SVG nor a PNG/,
    'huge.svg': /larger than 256 KiB/,
    gone: /cannot be read/,
  }
  for (const [file, words] of Object.entries(wrong)) {
    const config = configOf(folder, { COUNTERSIGN_BRAND_LOGO: join(folder, file) })

    await assert.rejects(
      createAuthority(config),
      (error) => error instanceof StartError && words.test(error.message),
    )
  }
})

test('every colour reaches every page by one style sheet', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_BRAND_COLOR: '#0a7a5c', COUNTERSIGN_BRAND_NAME: 'Gym' })

  const style = await to.send('GET', '/assets/brand.css')
  const start = await to.send('GET', '/')

  assert.match(style.text, /--brand-fill: #0a7a5c/)
  assert.match(start.text, /<title>The authority is running · Gym<\/title>/)
  assert.match(start.text, /href="\/assets\/brand\.css"/)
})
