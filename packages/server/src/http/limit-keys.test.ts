import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { countedNetworks, foldMailbox, mailboxKey } from './limit-keys.ts'

const keys = (address: string | null): readonly (string | null)[] => {
  const { narrow, wide } = countedNetworks(address)
  return [narrow, wide]
}

test('addresses of one /64 are one, those of one /48 are one as well, and neighbours are not', () => {
  const here = keys('2001:db8:1:2::1')

  assert.deepEqual(here, ['2001:db8:1:2::/64', '2001:db8:1::/48'])
  assert.deepEqual(keys('2001:0DB8:1:2:ffff:ffff:ffff:ffff'), here)
  assert.deepEqual(keys('2001:db8:1:3::1'), ['2001:db8:1:3::/64', '2001:db8:1::/48'])
  assert.deepEqual(keys('2001:db8:2:2::1'), ['2001:db8:2:2::/64', '2001:db8:2::/48'])
  assert.deepEqual(keys('fe80::1%eth0'), ['fe80::/64', 'fe80::/48'])
})

test('IPv4 is counted by address, however it comes, and never with the rest of IPv4', () => {
  for (const address of [
    '192.0.2.1',
    '::ffff:192.0.2.1',
    '::ffff:c000:201',
    '::FFFF:C000:0201',
    '64:ff9b::192.0.2.1',
    '64:ff9b::c000:201',
  ]) {
    assert.deepEqual(keys(address), ['192.0.2.1', null], address)
  }
  assert.deepEqual(keys('::ffff:192.0.2.2'), ['192.0.2.2', null])
})

test('what is no address is counted with those that nobody knows', () => {
  for (const address of [
    null,
    '',
    'unknown',
    '192.0.2',
    '192.0.2.256',
    '::g',
    '/tmp/socket',
    '1'.repeat(5000),
  ]) {
    assert.deepEqual(keys(address), ['unknown', null], address ?? 'null')
  }
})

test('one mailbox has one counter, however it is spelled', () => {
  const mailbox = mailboxKey('ada.lovelace@bücher.example')

  for (const spelled of [
    ' Ada.Lovelace@bücher.example ',
    'ADA.LOVELACE@BÜCHER.EXAMPLE',
    'ada.lovelace@bu\u0308cher.example',
    'ａｄａ.lovelace@bücher.example',
    'ada.lovelace＠bücher.example',
    'ada.lovelace@bücher。example',
    'ada.lovelace@xn--bcher-kva.example',
    'ada.lovelace@bücher.example.',
    'adalovelace@bücher.example',
    'a.d.a.lovelace+news@bücher.example',
    'ada.love\u200blace@bücher.example',
    'ada.love\u00adlace@bücher.example',
    'ada.\u{1d425}ovelace@bücher.example',
    'ada.\u2112ovelace@bücher.example',
    'ada. lovelace@bücher.example',
  ]) {
    assert.equal(mailboxKey(spelled), mailbox, spelled)
  }
})

test('others have others, and a device has its own', () => {
  const boxes = ['ada@example.com', 'ada@example.org', 'bob@example.com', '+ada@example.com', '', '@', 'ada']

  assert.equal(new Set(boxes.map((box) => mailboxKey(box))).size, boxes.length - 1)
  assert.notEqual(mailboxKey('ada@example.com', 'device'), mailboxKey('ada@example.com'))
})

test('what accounts take for the same is the same here, whatever is typed', () => {
  const anything = fc.string({ unit: 'binary', maxLength: 40 })

  fc.assert(
    fc.property(anything, anything, (local, domain) => {
      const typed = `${local}@${domain}`
      const compared = typed.trim().normalize('NFC').toLowerCase()
      assert.equal(foldMailbox(compared), foldMailbox(typed))
      assert.equal(foldMailbox(` ${typed.normalize('NFD')} `), foldMailbox(typed))
    }),
    { numRuns: 2000 },
  )
})

test('no text is too long or too strange to be counted', () => {
  for (const text of [
    'a'.repeat(100_000),
    `${'+'.repeat(50_000)}@x`,
    `a@${'.'.repeat(50_000)}`,
    'a@[::1]',
    'a@%',
  ]) {
    assert.ok(foldMailbox(text).length <= 2 * 254 + 1)
  }
})
