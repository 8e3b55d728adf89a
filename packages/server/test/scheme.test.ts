/** Light or dark on the pages that the server draws: what the person chose on their account pages, and nothing else. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as given from './given.ts'

const shared = await given.openAuthority(given.UNLIMITED)
after(shared.close)
const { send } = shared.given

const NAME = '__Host-countersign_scheme'
const PAGES = ['/', '/sign-in', '/login', '/forgot-password', '/sign-up', '/setup', '/reset-password']
const KEPT = '/docs/errors/rate_limited'

const nothingSaid = [
  'blue',
  'DARK',
  'dark light',
  'dark" onload="alert(1)',
  '',
  `light; ${NAME}=dark`,
  'auto',
] as const

for (const value of nothingSaid) {
  test(`the page follows the system where the cookie says ${JSON.stringify(value)}`, async () => {
    const { text } = await send('GET', '/sign-in', { cookie: `${NAME}=${value}` })

    assert.match(text, /<html lang="en">/)
    assert.match(text, /<meta name="color-scheme" content="light dark">/)
    assert.doesNotMatch(text, /data-scheme|onload/)
  })
}

test('a cookie that a neighbouring host could have set is not read', async () => {
  const { text } = await send('GET', '/sign-in', {
    cookie: 'countersign_scheme=dark; __Secure-countersign_scheme=dark',
  })

  assert.doesNotMatch(text, /data-scheme/)
})

for (const scheme of ['light', 'dark']) {
  test(`pages are ${scheme} where that was chosen, and kept by nobody`, async () => {
    for (const path of PAGES) {
      const { status, headers, text } = await send('GET', path, { cookie: `${NAME}=${scheme}` })

      assert.ok(text.includes(`<html lang="en" data-scheme="${scheme}">`), path)
      assert.ok(text.includes(`<meta name="color-scheme" content="${scheme}">`), path)
      assert.equal(headers.get('cache-control'), 'no-store', `${path} ${status}`)
    }
  })

  test(`a refusal that is a page is ${scheme}, too`, async () => {
    const { text } = await send('GET', '/oauth/authorize?client_id=a&client_id=b', {
      cookie: `${NAME}=${scheme}`,
    })

    assert.ok(text.includes(`data-scheme="${scheme}"`))
  })

  test(`a page that may be kept is ${scheme} for whoever chose that alone`, async () => {
    const { headers, text } = await send('GET', KEPT, { cookie: `${NAME}=${scheme}` })

    assert.ok(text.includes(`data-scheme="${scheme}"`))
    assert.equal(headers.get('vary'), 'cookie')
  })
}

test('both sheets know the choice, with the same colours that the system would bring', async () => {
  for (const sheet of ['/assets/page.css', '/assets/brand.css']) {
    const { text } = await send('GET', sheet)
    const bySystem = /\(prefers-color-scheme: dark\) \{ :root \{ (.*?) \}/.exec(text)?.[1]
    const byChoice = /:root[^{]*\[data-scheme='dark'\][^{]*\{ (.*?) \}/.exec(text)?.[1]

    assert.ok(bySystem !== undefined && byChoice?.endsWith(bySystem), sheet)
  }
})
