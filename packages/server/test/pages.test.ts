/** Pages for people: they run nothing that is not ours, show nothing that was sent, and work with password managers. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { errors } from '@countersign/protocol'
import { assertProblem } from './contract.ts'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send } = shared.given

const pages = [
  '/',
  '/setup',
  '/reset-password',
  '/confirm-sign-up',
  '/accept-invitation',
  ...Object.keys(errors).map((code) => `/docs/errors/${code}`),
]

for (const path of pages) {
  test(`${path} has no inline script, style or handler, and is well-formed`, async () => {
    const { status, headers, text } = await send('GET', path)

    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8')
    assert.match(text, /^<!doctype html>\n<html lang="en">/)
    for (const [, attributes = '', body = ''] of text.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)) {
      assert.match(attributes, /src="\/assets\/[a-z.-]+"/)
      assert.equal(body, '')
    }
    assert.doesNotMatch(text, /<style|\sstyle=|\son[a-z]+=|javascript:|<iframe|<base|http-equiv/i)
    for (const [, url = ''] of text.matchAll(/(?:href|src|action)="([^"]*)"/g)) assert.match(url, /^\/(?!\/)/)
    assert.equal(text.match(/<h1/g)?.length, 1)
  })
}

test('every file that a page asks for is there, of its type, and cannot be sniffed', async () => {
  const types = {
    '.css': 'text/css; charset=utf-8',
    '.js': 'text/javascript; charset=utf-8',
    logo: 'image/svg+xml; charset=utf-8',
  }
  for (const path of ['/', '/setup', '/reset-password', '/confirm-sign-up', '/accept-invitation']) {
    const { text } = await send('GET', path)
    for (const [, url = ''] of text.matchAll(/(?:href|src)="(\/assets\/[^"]*)"/g)) {
      const file = await send('GET', url)
      const ending = /(?:\.\w+|logo)$/.exec(url)?.[0] as keyof typeof types

      assert.equal(file.status, 200)
      assert.equal(file.headers.get('content-type'), types[ending])
    }
  }
})

test('the sign-in page with all its files is at most 30 kB, before compression', async () => {
  const { text } = await send('GET', '/login')
  let bytes = Buffer.byteLength(text)
  for (const [, url = ''] of text.matchAll(/(?:href|src)="(\/assets\/[^"]*)"/g)) {
    bytes += Buffer.byteLength((await send('GET', url)).text)
  }

  assert.ok(bytes <= 30_000, `${bytes} bytes`)
})

test('the policy of a page allows our own files and no frame, plug-in, base or foreign form', async () => {
  const { headers } = await send('GET', '/setup')

  const policy = new Map(
    (headers.get('content-security-policy') ?? '').split('; ').map((rule) => {
      const [name = '', ...sources] = rule.split(' ')
      return [name, sources.join(' ')]
    }),
  )
  assert.deepEqual(Object.fromEntries(policy), {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self'",
    'connect-src': "'self'",
    'form-action': "'self'",
    'base-uri': "'none'",
    'frame-ancestors': "'none'",
  })
  assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin')
})

test('password fields are named for password managers, and nothing stops a paste', async () => {
  const page = await send('GET', '/setup')
  const script = await send('GET', '/assets/link.js')

  assert.match(page.text, /<input[^>]*type="password"[^>]*autocomplete="new-password"/)
  assert.match(page.text, /<input[^>]*type="email"[^>]*autocomplete="username"/)
  assert.doesNotMatch(`${page.text}${script.text}`, /onpaste|['"]paste['"]|autocomplete="off"/)
})

test('the script of links takes the ticket out of the address bar and writes no HTML', async () => {
  const { text } = await send('GET', '/assets/link.js')

  assert.ok(text.includes("history.replaceState(null, '', location.pathname)"))
  assert.doesNotMatch(
    text,
    /innerHTML|outerHTML|document\.write|insertAdjacent|eval\(|localStorage|sessionStorage/,
  )
  assert.doesNotThrow(() => new Function(text.replaceAll(/^import .*/gm, '')))
})

test('nothing from the URL stands on a page', async () => {
  const evil = '"><script>alert(1)</script>'
  for (const path of ['/', '/setup', '/docs/errors/not_found']) {
    const plain = await send('GET', path)

    const page = await send('GET', `${path}?q=${encodeURIComponent(evil)}`)

    assert.equal(page.text, plain.text)
  }
  assertProblem(await send('GET', `/docs/errors/${encodeURIComponent(evil)}`), 'not_found')
})

test('the page of each code is where the problem document says, with its title', async () => {
  const refused = await send('GET', '/v1/me')

  const page = await send('GET', given.at(refused.json, 'type').slice(given.ISSUER.length))

  assert.equal(page.status, 200)
  assert.match(page.text, /<h1 id="page-title">Credential required<\/h1>/)
})
