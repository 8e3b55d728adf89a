import assert from 'node:assert/strict'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Field, makeMmdb } from '@countersign/tools/mmdb'
import { toPlace } from './place-record.ts'
import { openPlaces } from './places.ts'

const BERLIN: Field = {
  country: { iso_code: 'DE' },
  city: { names: { en: 'Berlin' } },
  location: { latitude: 52.5, longitude: 13.4, accuracy_radius: 20 },
}
const TELEKOM: Field = {
  autonomous_system_number: 3320,
  autonomous_system_organization: 'Deutsche Telekom AG',
}
const HETZNER: Field = {
  autonomous_system_number: 24_940,
  autonomous_system_organization: 'Hetzner Online GmbH',
}

async function givenFile(t: TestContext, content: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-places-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'places.mmdb')
  await writeFile(file, content)
  return file
}

const untroubled = (error: unknown): never => assert.fail(String(error))

test('a file that is not there, or is none, is refused at the start', async (t) => {
  const nonsense = await givenFile(t, Buffer.from('nonsense'))

  await assert.rejects(openPlaces([join(tmpdir(), 'no-such.mmdb')], untroubled))
  await assert.rejects(openPlaces([nonsense], untroubled))
})

test('a damaged file leaves places unknown, throws nothing, and is told of once', async (t) => {
  const good = makeMmdb({ '203.0.113.0/24': BERLIN })
  // Type 0 and extended types that do not exist, in place of the record.
  const at = good.indexOf('country') - 2
  good.fill(0xff, at, at + 24)
  const troubles: unknown[] = []
  const places = await openPlaces([await givenFile(t, good)], (error) => troubles.push(error))

  const found = [places.find('203.0.113.7'), places.find('203.0.113.8')]

  assert.ok(found.every((place) => place === null || place.country === null))
  assert.ok(troubles.length <= 1)
})

test('what one file does not know, the next one may; what is no address is nowhere', async (t) => {
  const cities = await givenFile(t, makeMmdb({ '203.0.113.0/24': BERLIN }))
  const providers = await givenFile(t, makeMmdb({ '203.0.113.0/24': TELEKOM, '198.51.100.0/24': HETZNER }))
  const places = await openPlaces([cities, providers], untroubled)

  assert.deepEqual(places.find('203.0.113.7'), {
    country: 'DE',
    city: 'Berlin',
    latitude: 52.5,
    longitude: 13.4,
    radiusKm: 20,
    asn: 3320,
    provider: 'Deutsche Telekom AG',
    isHosting: false,
  })
  assert.equal(places.find('198.51.100.7')?.isHosting, true)
  for (const address of [null, '', 'nonsense', '192.0.2.1']) assert.equal(places.find(address), null)
})

test('a file that was replaced is read again; one that became unreadable keeps what was known', async (t) => {
  const file = await givenFile(t, makeMmdb({ '203.0.113.0/24': BERLIN }))
  const places = await openPlaces([file], untroubled)
  await writeFile(file, makeMmdb({ '203.0.113.0/24': { country: { iso_code: 'AT' } } }))
  await utimes(file, 1, 1)
  await places.refresh()
  const replaced = places.find('203.0.113.7')?.country
  await writeFile(file, 'nonsense')
  await utimes(file, 2, 2)

  await assert.rejects(places.refresh())

  assert.equal(replaced, 'AT')
  assert.equal(places.find('203.0.113.7')?.country, 'AT')
})

test('records of any other shape are taken for what can be read of them', () => {
  assert.equal(toPlace([]), null)
  assert.equal(toPlace([null, 7, 'x']), null)
  const odd = {
    country: 'nowhere',
    city: 'New\nYork',
    location: { latitude: 'x', longitude: 9000 },
    asn: 'ASx',
  }
  assert.deepEqual(toPlace([odd]), {
    country: null,
    city: null,
    latitude: null,
    longitude: null,
    radiusKm: null,
    asn: null,
    provider: null,
    isHosting: false,
  })
  const flat = {
    country_code: 'DE',
    asn: 'AS3320',
    as_name: 'Some Cloud Ltd',
    latitude: '52.5',
    longitude: '13.4',
  }
  const { country, asn, latitude, isHosting } = toPlace([flat]) ?? {}
  assert.deepEqual([country, asn, latitude, isHosting], ['DE', 3320, 52.5, true])
})
