import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClientOriginReader, isProxyRange } from './client-address.ts'

interface Request {
  peer?: string | undefined
  encrypted?: boolean
  headers?: Record<string, string>
}

const proxies = ['10.0.0.0/8', '192.0.2.7', '2001:db8:1::/48']
const readOf =
  (header: 'x-forwarded-for' | 'forwarded', trustedProxies: readonly string[]) =>
  ({ peer, encrypted = false, headers = {} }: Request) =>
    createClientOriginReader({ trustedProxies, header })({
      remoteAddress: peer,
      encrypted,
      header: (name) => headers[name],
    })
const read = readOf('x-forwarded-for', proxies)
const readStandard = readOf('forwarded', proxies)

test('no header of an untrusted peer is believed', () => {
  const headers = {
    'x-forwarded-for': '203.0.113.5',
    'x-forwarded-proto': 'https',
    forwarded: 'for=203.0.113.5;proto=https',
    'x-real-ip': '203.0.113.5',
  }

  for (const origin of [
    read({ peer: '198.51.100.1', headers }),
    readStandard({ peer: '198.51.100.1', headers }),
    readOf('x-forwarded-for', [])({ peer: '198.51.100.1', headers }),
  ]) {
    assert.deepEqual(origin, { address: '198.51.100.1', scheme: 'http' })
  }
})

test('with nobody trusted, loopback and private peers are themselves', () => {
  for (const peer of ['127.0.0.1', '10.1.2.3', '::1']) {
    const origin = readOf('x-forwarded-for', [])({ peer, headers: { 'x-forwarded-for': '203.0.113.5' } })
    assert.equal(origin.address, peer)
  }
})

test('what the client wrote on the left of the chain is never reached', () => {
  const spoofed = '10.9.9.9, 127.0.0.1, 203.0.113.66, 198.51.100.1'

  assert.equal(read({ peer: '10.0.0.1', headers: { 'x-forwarded-for': spoofed } }).address, '198.51.100.1')
  assert.equal(
    read({ peer: '10.0.0.1', headers: { 'x-forwarded-for': `${spoofed}, 10.0.0.2, 192.0.2.7` } }).address,
    '198.51.100.1',
  )
})

test('the header that our proxies do not set is the client’s and ignored', () => {
  const headers = { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=203.0.113.66;proto=https' }

  assert.deepEqual(read({ peer: '10.0.0.1', headers }), { address: '198.51.100.1', scheme: 'http' })
  assert.deepEqual(
    readStandard({
      peer: '10.0.0.1',
      headers: { 'x-forwarded-for': '203.0.113.66', 'x-forwarded-proto': 'https' },
    }),
    { address: '10.0.0.1', scheme: 'http' },
  )
})

test('a malformed or hidden hop ends the chain at the last trusted one', () => {
  const garbled = [
    '',
    'unknown',
    '_hidden',
    '1',
    '0x7f.1',
    '127.1',
    '01.2.3.4',
    '1.2.3.4:x',
    '[::1',
    '[1.2.3.4',
    'a'.repeat(9000),
    '1.2.3.4 5.6.7.8',
    '::ffff:999.1.1.1',
    "1.2.3.4'",
    '<script>',
  ]

  for (const text of garbled) {
    const headers = {
      'x-forwarded-for': `203.0.113.66, ${text}, 10.0.0.2`,
      forwarded: `for=203.0.113.66, for=${text}, for=10.0.0.2`,
    }
    assert.equal(read({ peer: '10.0.0.1', headers }).address, '10.0.0.2', text)
    assert.equal(readStandard({ peer: '10.0.0.1', headers }).address, '10.0.0.2', text)
  }
})

test('a chain of a thousand hops costs no more than its right end', () => {
  const chain = `${'203.0.113.66, '.repeat(1000)}10.0.0.3`

  assert.equal(read({ peer: '10.0.0.1', headers: { 'x-forwarded-for': chain } }).address, '203.0.113.66')
  assert.equal(
    read({ peer: '10.0.0.1', headers: { 'x-forwarded-for': `${'10.0.0.9,'.repeat(5000)}10.0.0.3` } }).address,
    '10.0.0.9',
  )
})

test('where all hops are ours, the farthest of them is the client', () => {
  assert.equal(
    read({ peer: '10.0.0.1', headers: { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' } }).address,
    '10.0.0.3',
  )
})

test('addresses come in one form: mapped IPv4, ports, brackets, zones and capitals are resolved', () => {
  const forms: [string, string][] = [
    ['::ffff:198.51.100.1', '198.51.100.1'],
    ['::FFFF:C633:6401', '198.51.100.1'],
    ['198.51.100.1:54321', '198.51.100.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
  ]

  for (const [text, address] of forms) {
    assert.equal(read({ peer: '::ffff:10.0.0.1', headers: { 'x-forwarded-for': text } }).address, address)
    assert.equal(
      readStandard({ peer: '2001:db8:1:ffff::9', headers: { forwarded: `by=x;For="${text}"` } }).address,
      address,
    )
  }
  assert.equal(read({ peer: 'fe80::1%eth0' }).address, 'fe80::1')
})

test('RFC 7239 §4: quoted strings may hold commas, semicolons and escapes', () => {
  const forwarded =
    'for=203.0.113.66, for="[2001:db8::7]:4711";proto="https";by="a,b;c\\"for=1.2.3.4", for=10.0.0.2;proto=http'

  assert.deepEqual(readStandard({ peer: '10.0.0.1', headers: { forwarded } }), {
    address: '2001:db8::7',
    scheme: 'https',
  })
})

test('an unclosed quote swallows what follows and names nobody', () => {
  for (const forwarded of [
    'for="198.51.100.1, for=203.0.113.66',
    'for=203.0.113.66, for="',
    `for=1.2.3.4,"${'\\"'.repeat(1500)}`,
  ]) {
    assert.equal(readStandard({ peer: '10.0.0.1', headers: { forwarded } }).address, '10.0.0.1', forwarded)
  }
})

test('the scheme is the one that the client spoke with our outermost proxy', () => {
  const chain = '198.51.100.1, 10.0.0.2'
  const table: [proto: string | null, scheme: string][] = [
    ['https', 'https'],
    ['HTTPS', 'https'],
    ['http', 'http'],
    ['https, http', 'https'],
    ['http, https', 'http'],
    ['javascript', 'http'],
    ['https, https, http', 'http'],
    [null, 'http'],
  ]

  for (const [proto, scheme] of table) {
    const headers = { 'x-forwarded-for': chain, ...(proto === null ? {} : { 'x-forwarded-proto': proto }) }
    assert.equal(read({ peer: '10.0.0.1', headers }).scheme, scheme, `${proto}`)
  }
  assert.equal(
    read({ peer: '198.51.100.1', encrypted: true, headers: { 'x-forwarded-proto': 'http' } }).scheme,
    'https',
  )
})

test('a socket that has closed has no address', () => {
  assert.deepEqual(read({ peer: undefined, headers: { 'x-forwarded-for': '1.2.3.4' } }), {
    address: null,
    scheme: 'http',
  })
})

test('ranges that trust everybody, or nobody, or are not ranges, are refused', () => {
  for (const text of [
    '',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '2001:db8::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10',
    'proxy.example',
    '10.0.0.0/-1',
    '10.0.0.0/0x8',
    '*',
  ]) {
    assert.equal(isProxyRange(text), false, text)
  }
  for (const text of ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '::ffff:10.0.0.1']) {
    assert.equal(isProxyRange(text), true, text)
  }
  assert.throws(
    () => createClientOriginReader({ trustedProxies: ['proxy'], header: 'forwarded' }),
    RangeError,
  )
})
