import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { selfSigned } from '@countersign/tools/self-signed'
import { systemTimers } from '../adapters/timers.ts'
import type { Timers } from '../feed/ports.ts'
import { BYTES_MAX, CALLS_MAX, createOutbound } from './outbound.ts'
import type { Resolver } from './ports.ts'

const LOOPBACK = ['127.0.0.0/8', '::1']
const unknownHost: Resolver = () => Promise.reject(new Error('ENOTFOUND'))
const to =
  (...addresses: readonly string[]): Resolver =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))

interface Settings {
  readonly networks?: readonly string[]
  readonly hosts?: readonly string[]
  readonly resolve?: Resolver
  readonly timers?: Timers
}

function outboundOf({ networks = [], hosts = [], resolve = unknownHost, timers = systemTimers }: Settings) {
  return createOutbound({ networks, hosts, resolve, timers, timeoutMs: 5000 })
}

async function reasonOf(url: string, settings: Settings = {}): Promise<string | null> {
  const answer = await outboundOf(settings).request(url)
  return answer.ok ? null : answer.reason
}

/** A server of this machine that counts who comes. */
async function listen(t: TestContext, listener: RequestListener) {
  const asked: string[] = []
  const server = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`)
    listener(req, res)
  })
  return { port: await open(t, server), asked }
}

async function open(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

for (const url of [
  '',
  'https://',
  'http://docs.example/jwks',
  'ftp://docs.example/jwks',
  'file:///etc/passwd',
  'gopher://127.0.0.1:6379/_FLUSHALL',
  'data:application/json,{}',
  'https://user:password@docs.example/',
  'https://user@docs.example/',
  'https://@docs.example/',
  'https://docs.example@127.0.0.1/',
  'https://docs.example\\@127.0.0.1/',
  'https:\\\\docs.example/',
  'https://docs.example/#fragment',
  'https://docs.example/ jwks',
  'https://docs.example/\r\nhost: localhost',
  'https://dоcs.example/',
  'https://docs.example:99999/',
  'https://docs.example%00.evil.example/',
  `https://docs.example/${'a'.repeat(2048)}`,
]) {
  test(`${JSON.stringify(url.slice(0, 60))} is no address that is called`, async () => {
    assert.equal(await reasonOf(url, { resolve: to('93.184.216.34') }), 'bad_url')
  })
}

for (const host of [
  ...['127.0.0.1', '127.8.8.8', '2130706433', '0x7f000001', '0177.0.0.1', '127.1', '0x7f.1', '0', '0.0.0.0'],
  ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '198.18.0.1', '192.0.0.8'],
  ...['169.254.169.254', '2852039166', '0xa9.0xfea9fe', '168.63.129.16', '100.100.100.200', '192.0.0.192'],
  ...['224.0.0.1', '240.0.0.1', '255.255.255.255', '192.0.2.1', '203.0.113.9', '192.88.99.1'],
  ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:a9fe:a9fe]', '[::127.0.0.1]'],
  ...['[fe80::1]', '[fc00::1]', '[fd00:ec2::254]', '[fec0::1]', '[ff02::1]', '[64:ff9b::7f00:1]'],
  ...['[64:ff9b:1::a00:1]', '[2002:7f00:1::]', '[2001:0:7f00:1::]', '[2001:db8::1]', '[100::1]'],
]) {
  test(`${host} is not called, however it is spelled`, async () => {
    assert.equal(await reasonOf(`https://${host}/`), 'address_refused')
  })
}

test('a name is what its addresses are, and one bad address among good ones closes it', async () => {
  for (const addresses of [
    ['127.0.0.1'],
    ['169.254.169.254'],
    ['::ffff:10.0.0.1'],
    ['fe80::1%eth0'],
    ['93.184.216.34', '10.0.0.1'],
    ['2606:2800:220:1::1', '::1'],
    ['nonsense'],
  ]) {
    const reason = await reasonOf('https://docs.example/', { resolve: to(...addresses) })
    assert.equal(reason, 'address_refused', `${addresses}`)
  }
  assert.equal(await reasonOf('https://docs.example/', { resolve: to() }), 'unresolvable')
  assert.equal(await reasonOf('https://docs.example/'), 'unresolvable')
})

test('what the operator opened is called, link-local and metadata addresses are not, whatever is opened', async (t) => {
  const { port, asked } = await listen(t, (_, res) => res.end('{}'))

  const everything = ['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1']
  for (const host of [
    '169.254.169.254',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '168.63.129.16',
    '[::]',
    '0.0.0.0',
  ]) {
    assert.equal(await reasonOf(`https://${host}/`, { networks: everything }), 'address_refused', host)
  }
  assert.equal(await reasonOf(`http://127.0.0.1:${port}/`, { networks: LOOPBACK }), null)
  assert.deepEqual(asked, ['GET /'])
})

test('where hosts are listed no other one is called, nor one that only ends or begins alike', async () => {
  const hosts = ['docs.example', '.apps.example']
  for (const host of [
    'evil.example',
    'docs.example.evil',
    'xdocs.example',
    'apps.example',
    'xapps.example',
  ]) {
    assert.equal(await reasonOf(`https://${host}/`, { hosts }), 'host_not_allowed', host)
  }
  for (const host of ['docs.example', 'one.apps.example']) {
    assert.equal(await reasonOf(`https://${host}/`, { hosts }), 'unresolvable', host)
  }
})

test('a name that changes its mind after the look is not asked again (DNS rebinding)', async (t) => {
  const { port, asked } = await listen(t, (_, res) => res.end('{"host":"first"}'))
  const answers = ['127.0.0.1', '169.254.169.254', '10.0.0.1']
  let questions = 0
  const resolve: Resolver = () => {
    questions += 1
    return to(answers[questions - 1] ?? '10.0.0.1')('')
  }

  const outbound = outboundOf({ networks: LOOPBACK, resolve })
  const first = await outbound.request(`http://rebind.example:${port}/jwks`)
  const second = await outbound.request(`http://rebind.example:${port}/jwks`)

  assert.ok(first.ok)
  assert.equal(first.text, '{"host":"first"}')
  assert.equal(questions, 2, 'one question for each call')
  assert.deepEqual(second, { ok: false, reason: 'address_refused' })
  assert.deepEqual(asked, ['GET /jwks'])
})

test('plain http is for this machine: an opened private network is called by TLS alone', async () => {
  const settings = { networks: ['10.0.0.0/8'], resolve: to('10.1.2.3') }

  assert.equal(await reasonOf('http://10.1.2.3/', settings), 'bad_url')
  assert.equal(await reasonOf('http://docs.example/', settings), 'bad_url')
})

for (const status of [301, 302, 303, 307, 308]) {
  test(`${status} to the metadata service is not followed`, async (t) => {
    const { port, asked } = await listen(t, (req, res) => {
      const location = req.url === '/jwks' ? '/again' : 'http://169.254.169.254/latest/meta-data/'
      res.writeHead(status, { location }).end('{}')
    })

    assert.equal(await reasonOf(`http://127.0.0.1:${port}/jwks`, { networks: LOOPBACK }), 'redirected')
    assert.deepEqual(asked, ['GET /jwks'])
  })
}

test('a certificate that nobody vouches for is no TLS, and neither is a server without', async (t) => {
  const { port } = await listen(t, (_, res) => res.end('{}'))
  let asked = 0
  const server = createTlsServer(selfSigned(), (_, res) => {
    asked += 1
    res.end('{}')
  })
  const tlsPort = await open(t, server)
  const settings = { networks: LOOPBACK, resolve: to('127.0.0.1') }

  assert.equal(await reasonOf(`https://127.0.0.1:${port}/`, settings), 'unreachable')
  assert.equal(await reasonOf(`https://127.0.0.1:${tlsPort}/`, settings), 'unreachable')
  assert.equal(await reasonOf(`https://docs.example:${tlsPort}/`, settings), 'unreachable')
  assert.equal(asked, 0)
})

test('an answer that is too large, unfolds, or is no text, is none', async (t) => {
  const { port } = await listen(t, (req, res) => {
    if (req.url === '/large') res.end('x'.repeat(BYTES_MAX + 1))
    else if (req.url === '/fits') res.end('x'.repeat(BYTES_MAX))
    else if (req.url === '/folded') res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{}'))
    else if (req.url === '/cut')
      res.writeHead(200, { 'content-length': '10' }).write('{', () => res.destroy())
    else res.end(Buffer.from([0xff, 0xfe]))
  })
  const reason = (path: string) => reasonOf(`http://127.0.0.1:${port}${path}`, { networks: LOOPBACK })

  assert.equal(await reason('/large'), 'too_large')
  assert.equal(await reason('/folded'), 'encoded')
  assert.equal(await reason('/cut'), 'unreachable')
  assert.equal(await reason('/bytes'), 'not_text')
  assert.equal(await reason('/fits'), null)
})

test('who never ends an answer, or never answers for a name, is left when the time is over', async (t) => {
  const set: (() => void)[] = []
  const begun = Promise.withResolvers<void>()
  const timers: Timers = {
    set: (ms, run) => {
      assert.equal(ms, 5000)
      set.push(run)
      return () => undefined
    },
  }
  const { port } = await listen(t, (_, res) => res.writeHead(200).write('{', () => begun.resolve()))

  const slow = reasonOf(`http://127.0.0.1:${port}/`, { networks: LOOPBACK, timers })
  await begun.promise
  set[0]?.()
  const nameless = reasonOf('https://docs.example/', { timers, resolve: () => new Promise(() => undefined) })
  set[1]?.()

  assert.equal(await slow, 'timed_out')
  assert.equal(await nameless, 'timed_out')
})

test('not more than so many calls are under way at once, and each makes room when it is over', async (t) => {
  const waiting: (() => void)[] = []
  const full = Promise.withResolvers<void>()
  const { port } = await listen(t, (_, res) => {
    waiting.push(() => res.end('{}'))
    if (waiting.length === CALLS_MAX) full.resolve()
  })
  const outbound = outboundOf({ networks: LOOPBACK })
  const url = `http://127.0.0.1:${port}/`
  const calls = Array.from({ length: CALLS_MAX }, () => outbound.request(url))
  await full.promise

  assert.deepEqual(await outbound.request(url), { ok: false, reason: 'busy' })
  for (const end of waiting) end()
  for (const answer of await Promise.all(calls)) assert.ok(answer.ok)
  const next = outbound.request(`${url}next`)
  while (waiting.length === CALLS_MAX) await new Promise((resolve) => setImmediate(resolve))
  waiting.at(-1)?.()
  assert.ok((await next).ok)
})

test('a form is sent as it is, and the answer comes with its status', async (t) => {
  let body = ''
  const { port } = await listen(t, (req, res) => {
    req.on('data', (chunk) => {
      body += String(chunk)
    })
    req.on('end', () =>
      res.writeHead(400, { 'content-type': 'application/json' }).end(`"${req.headers.accept}"`),
    )
  })

  const answer = await outboundOf({ networks: LOOPBACK }).request(`http://127.0.0.1:${port}/logout`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'logout_token=ä',
  })

  assert.equal(body, 'logout_token=ä')
  assert.deepEqual(answer, {
    ok: true,
    status: 400,
    contentType: 'application/json',
    cacheControl: null,
    text: '"application/json"',
  })
})
