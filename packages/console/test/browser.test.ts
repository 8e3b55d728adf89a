/** What the tests of pages lean on: that looking for violations finds them, in a page and in a frame of another origin. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { requireProgram } from '@countersign/tools/programs'
import { assertAccessible, openBrowser, openPage } from './browser.ts'

const PALE = '<p style="color: #bbb; background: #fff">Too pale to be read</p>'
const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><title>${title}</title><main><h1>${title}</h1>${body}</main></html>`

test('a pale text and a picture without words are found, also in a frame of another origin', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const elsewhere = await serve(t, { '/': page('A frame', PALE) })
  const frame = `<iframe title="A frame" src="${elsewhere.replace('localhost', '127.0.0.1')}"></iframe>`
  const url = await serve(t, {
    '/good': page('Good', '<p>Black on white</p>'),
    '/bad': page('Bad', `${PALE}<img src="data:,">`),
    '/framed': page('Framed', frame),
  })
  const browser = await openBrowser(program)
  t.after(() => browser.close())
  const watched = await openPage(browser)
  const look = async (path: string): Promise<string> => {
    await watched.page.goto(`${url}${path}`)
    return assertAccessible(watched.page).then(
      () => 'nothing',
      (error) => String(error),
    )
  }

  const bad = await look('bad')
  const framed = await look('framed')
  const good = await look('good')

  assert.match(bad, /color-contrast:[\s\S]*image-alt:/)
  assert.match(framed, /color-contrast:.*Too pale/)
  assert.equal(good, 'nothing')
})

test('what comes into a page after it was looked at is found by the next look', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const url = await serve(t, { '/good': page('Good', '<p>Black on white</p>') })
  const browser = await openBrowser(program)
  t.after(() => browser.close())
  const watched = await openPage(browser)
  await watched.page.goto(`${url}good`)
  await assertAccessible(watched.page)

  await watched.page.evaluate(`document.querySelector('main').insertAdjacentHTML('beforeend', '${PALE}')`)

  await assert.rejects(assertAccessible(watched.page), /color-contrast:.*Too pale/)
  await watched.page.evaluate(`document.querySelector('main p:last-child').remove()`)
  await assertAccessible(watched.page)
})

async function serve(t: TestContext, pages: Readonly<Record<string, string>>): Promise<string> {
  const server = createServer((request, response) => {
    const found = pages[request.url ?? '']
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(found)
  }).listen(0)
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return `http://localhost:${address.port}/`
}
