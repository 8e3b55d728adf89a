import assert from 'node:assert/strict'
import { BlockList, isIPv4 } from 'node:net'
import test from 'node:test'
import fc from 'fast-check'
import { formatAddress, isAddressAllowed, isAddressBlock, parseAddress } from './addresses.ts'

test('an empty list allows everybody, a list allows only what it holds', () => {
  assert.ok(isAddressAllowed('203.0.113.7', []))
  assert.ok(isAddressAllowed(null, []))
  assert.ok(!isAddressAllowed('203.0.113.7', ['203.0.113.8']))
  assert.ok(isAddressAllowed('203.0.113.7', ['10.0.0.0/8', '203.0.113.7']))
})

test('an address that is unknown or cannot be read is in no list, not even in one of everything', () => {
  const everything = ['0.0.0.0/0', '::/0']
  const addresses = [
    '',
    ' 10.0.0.1',
    '10.0.0.1 ',
    '10.0.0.1:80',
    '[::1]',
    '10.0.0',
    '10.0.0.256',
    '0x0a.0.0.1',
  ]
  for (const address of [
    null,
    ...addresses,
    '010.0.0.1',
    '1.2.3.4%eth0',
    '1::2::3',
    ':::',
    '12345::',
    'fe80::1%',
  ]) {
    assert.ok(!isAddressAllowed(address, everything), `${address}`)
  }
})

test('blocks that cannot be read, or with bits behind their prefix, cannot stand in a list', () => {
  const blocks = [
    '',
    '/',
    '10.0.0.0/',
    '/8',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/08',
    '10.0.0.0/8 ',
    '::/129',
  ]
  const more = [
    '10.0.0.1/8',
    '2001:db8::1/64',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    'localhost',
    'fe80::1%eth0',
  ]
  const mapped = [
    '::ffff:10.0.0.0/8',
    '::ffff:10.0.0.1/104',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::1.2.3',
    '1.2.3.4::',
  ]
  for (const block of [...blocks, ...more, ...mapped]) assert.ok(!isAddressBlock(block), block)
})

test('a list with a block that cannot be read allows what the others hold, and no more', () => {
  assert.ok(!isAddressAllowed('10.0.0.1', ['10.0.0.1/8']))
  assert.ok(isAddressAllowed('10.0.0.1', ['10.0.0.1/8', '10.0.0.1']))
})

test('IPv4 written as IPv4-mapped IPv6 is IPv4, on both sides', () => {
  assert.ok(isAddressAllowed('::ffff:10.1.2.3', ['10.0.0.0/8']))
  assert.ok(isAddressAllowed('::FFFF:0a01:0203', ['10.1.2.3']))
  assert.ok(isAddressAllowed('10.1.2.3', ['::ffff:10.0.0.0/104']))
  assert.ok(isAddressAllowed('10.1.2.3', ['::ffff:0:0/96']))
  assert.ok(!isAddressAllowed('11.1.2.3', ['::ffff:10.0.0.0/104']))
})

test('all of IPv6 holds no IPv4, and all of IPv4 no IPv6', () => {
  assert.ok(!isAddressAllowed('10.0.0.1', ['::/0']))
  assert.ok(!isAddressAllowed('::1', ['0.0.0.0/0']))
  assert.ok(!isAddressAllowed('::10.0.0.1', ['10.0.0.0/8']))
})

test('a zone id of an IPv6 address is dropped', () => {
  assert.ok(isAddressAllowed('fe80::1%eth0', ['fe80::/10']))
  assert.ok(isAddressAllowed('fe80::1%25eth0', ['fe80::1']))
})

test('RFC 4291 §2.2: all spellings of an address are one address', () => {
  const spellings = [
    '2001:db8::8:800:200c:417a',
    '2001:DB8:0:0:8:800:200C:417A',
    '2001:0db8::0008:0800:200c:417a',
  ]
  for (const spelling of [...spellings, '2001:db8::8:800:32.12.65.122']) {
    assert.ok(isAddressAllowed(spelling, ['2001:db8:0:0:8:800:200c:417a']), spelling)
    assert.ok(isAddressBlock(`${spelling}/128`))
  }
  assert.ok(isAddressAllowed('::', ['0:0:0:0:0:0:0:0/128']))
  assert.ok(isAddressAllowed('1:2:3:4:5:6:7::', ['1:2:3:4:5:6:7:0']))
  assert.ok(isAddressAllowed('::2:3:4:5:6:7:8', ['0:2:3:4:5:6:7:8']))
})

test('every block holds what the operating system says it holds', () => {
  const pair = fc.oneof(fc.tuple(fc.ipV4(), fc.ipV4()), fc.tuple(fc.ipV6(), fc.ipV6()))
  fc.assert(
    fc.property(pair, fc.nat(128), ([base, address], bits) => {
      // The operating system's list lets blocks of IPv6 hold mapped IPv4 as well; ours keeps them apart.
      fc.pre(!isMapped(base) && !isMapped(address))
      const family = isIPv4(base) ? 'ipv4' : 'ipv6'
      const prefixBits = family === 'ipv4' ? bits % 33 : bits
      const list = new BlockList()
      list.addSubnet(base, prefixBits, family)
      const block = `${toNetwork(base, prefixBits)}/${prefixBits}`

      const expected = list.check(address, family)

      assert.equal(isAddressAllowed(address, [block]), expected, `${address} in ${block}`)
      assert.ok(isAddressAllowed(base, [block]), `${base} in ${block}`)
    }),
    {
      numRuns: 2_000,
      examples: [
        [['1.2.3.4', '1.2.3.5'], 31],
        [['::1', '::2'], 127],
      ],
    },
  )
})

const isMapped = (address: string): boolean =>
  !isIPv4(address) && new URL(`http://[${address}]`).hostname.startsWith('[::ffff:')

/** The first address of a block, by arithmetic on whole numbers instead of groups. */
function toNetwork(address: string, prefixBits: number): string {
  if (isIPv4(address)) {
    const value = address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
    const network = (value >> BigInt(32 - prefixBits)) << BigInt(32 - prefixBits)
    return [24n, 16n, 8n, 0n].map((shift) => (network >> shift) & 255n).join('.')
  }
  // The platform's own spelling: what its URL parser makes of the address has no embedded IPv4.
  const [left = '', right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
  const value = groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
  const network = (value >> BigInt(128 - prefixBits)) << BigInt(128 - prefixBits)
  return groups.map((_, index) => ((network >> BigInt(112 - index * 16)) & 0xffffn).toString(16)).join(':')
}

test('RFC 5952 §4: an address has one form', () => {
  const forms: [text: string, form: string][] = [
    ['198.51.100.1', '198.51.100.1'],
    ['::ffff:c633:6401', '198.51.100.1'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:0:0:0:0:0:0:0', '1::'],
  ]

  for (const [text, form] of forms) {
    const groups = parseAddress(text)
    assert.ok(groups !== null)
    assert.equal(formatAddress(groups), form)
  }
})
