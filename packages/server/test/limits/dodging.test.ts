/** Attempts to be counted as somebody else: forged headers, other addresses of one network, other spellings. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertProblem } from '../contract.ts'
import * as given from '../given.ts'

const PATH = '/v1/sign-in'
const wrong = 'another quiet otter'
const LIMIT = { COUNTERSIGN_RATE_LIMIT_SIGN_IN: '5/60' }
const BEHIND_PROXY = { ...LIMIT, COUNTERSIGN_TRUSTED_PROXIES: '10.0.0.0/8' }

let people = 0

/** Each time as somebody else, so that only the network is counted. */
function attempt(
  { send }: Pick<given.Given, 'send'>,
  options: given.SendOptions,
  email?: string,
): Promise<given.Answer> {
  people += 1
  const body = { email: email ?? `nobody-${people}@example.com`, password: wrong }
  return send('POST', PATH, { encrypted: true, ...options, body })
}

/** How many of so many attempts were refused by a limit. */
async function countLimited(
  to: Pick<given.Given, 'send'>,
  count: number,
  toOptions: (index: number) => given.SendOptions,
): Promise<number> {
  let limited = 0
  for (let index = 0; index < count; index += 1) {
    if ((await attempt(to, toOptions(index))).status === 429) limited += 1
  }
  return limited
}

test('a stranger’s forwarding headers change nothing: the peer is counted', async (t) => {
  for (const settings of [LIMIT, BEHIND_PROXY]) {
    const to = await given.authority(t, settings)

    const limited = await countLimited(to, 20, (index) => ({
      address: '203.0.113.9',
      headers: {
        'x-forwarded-for': `198.51.100.${index}`,
        forwarded: `for=198.51.100.${index}`,
        'x-real-ip': `198.51.100.${index}`,
        'cf-connecting-ip': `198.51.100.${index}`,
      },
    }))

    assert.equal(limited, 15)
  }
})

test('behind a trusted proxy what the client wrote itself is not reached, in either header', async (t) => {
  for (const [header, toValue] of [
    ['x-forwarded-for', (index: number) => `198.51.100.${index}, 203.0.113.9`],
    ['forwarded', (index: number) => `for=198.51.100.${index}, for=203.0.113.9`],
  ] as const) {
    const to = await given.authority(t, { ...BEHIND_PROXY, COUNTERSIGN_PROXY_HEADER: header })

    const limited = await countLimited(to, 20, (index) => ({
      address: '10.0.0.1',
      headers: {
        'x-forwarded-for': `192.0.2.${index}`,
        forwarded: `for=192.0.2.${index}`,
        [header]: toValue(index),
      },
    }))
    const elsewhere = await attempt(to, {
      address: '10.0.0.1',
      headers: { [header]: header === 'forwarded' ? 'for=203.0.113.10' : '203.0.113.10' },
    })

    assert.equal(limited, 15, header)
    assert.equal(elsewhere.status, 401, header)
  }
})

test('a client that its proxy does not name is counted with the proxy', async (t) => {
  const to = await given.authority(t, BEHIND_PROXY)
  const garbled = ['unknown', '_hidden', '', '999.1.1.1', 'a, b', '[::1', '198.51.100.1 ,']

  const limited = await countLimited(to, 20, (index) => ({
    address: '10.0.0.1',
    headers: { 'x-forwarded-for': garbled[index % garbled.length] ?? '' },
  }))

  assert.equal(limited, 15)
})

test('rotating through a /64 is one caller', async (t) => {
  const to = await given.authority(t, LIMIT)

  const limited = await countLimited(to, 20, (index) => ({
    address: `2001:db8:1:2:${index.toString(16)}::${index}`,
  }))
  const neighbour = await attempt(to, { address: '2001:db8:1:3::1' })

  assert.equal(limited, 15)
  assert.equal(neighbour.status, 401)
})

test('rotating through a /48 meets a bound ten times as large, and others are not in it', async (t) => {
  const to = await given.authority(t, LIMIT)

  const limited = await countLimited(to, 60, (index) => ({ address: `2001:db8:1:${index.toString(16)}::1` }))
  const refused = await attempt(to, { address: '2001:db8:1:ffff::1' })
  const elsewhere = await attempt(to, { address: '2001:db8:2::1' })

  assert.equal(limited, 10)
  assertProblem(refused, 'rate_limited')
  assert.equal(refused.headers.get('ratelimit-policy'), '"sign_in_wide";q=50;w=60')
  assert.equal(refused.headers.get('retry-after'), '60')
  assert.equal(elsewhere.status, 401)
})

test('what one /64 is refused does not use up what its neighbours share', async (t) => {
  const to = await given.authority(t, LIMIT)

  await countLimited(to, 100, () => ({ address: '2001:db8:1:2::1' }))
  const neighbour = await attempt(to, { address: '2001:db8:1:3::1' })

  assert.equal(neighbour.status, 401)
})

test('one IPv4 address is one caller in every form that a socket or a proxy gives it', async (t) => {
  const to = await given.authority(t, BEHIND_PROXY)
  const forms = [
    '203.0.113.9',
    '::ffff:203.0.113.9',
    '::ffff:cb00:7109',
    '64:ff9b::cb00:7109',
    '203.0.113.9:81',
  ]

  const limited = await countLimited(to, 20, (index) => ({
    address: '::ffff:10.0.0.1',
    headers: { 'x-forwarded-for': forms[index % forms.length] ?? '' },
  }))

  assert.equal(limited, 15)
})

test('an account has one counter, whatever the case, width, dots and invisible signs in its address', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: '8/60' })
  const spelled = [
    'ada.lovelace@example.com',
    'ADA.LOVELACE@example.com',
    ' ada.lovelace@EXAMPLE.COM ',
    'ａda.lovelace@example.com',
    'ada.love\u00adlace@example.com',
    'adalovelace@example.com',
    'ada.lovelace+1@example.com',
    'a.d.a.lovelace+2@example.com',
  ]
  const send = (email: string, index: number): Promise<given.Answer> =>
    attempt(to, { address: `203.0.113.${index}` }, email)
  for (const [index, email] of spelled.entries())
    assert.notEqual((await send(email, index)).status, 429, email)

  for (const [index, email] of spelled.entries()) {
    const refused = await send(email, 100 + index)

    assert.equal(refused.status, 429, email)
    assert.equal(refused.headers.get('ratelimit-policy'), '"sign_in_account";q=8;w=60')
  }
})

test('wrong passwords for one account are counted together, however its address is spelled', async (t) => {
  const to = await given.authority(t)
  const { email } = await given.person(to)
  const [local = '', domain = ''] = email.split('@')
  const spelled = [email, email.toUpperCase(), ` ${email}`, `${local.toUpperCase()}@${domain}`, `${email} `]

  for (const [index, one] of spelled.entries()) await attempt(to, { address: `203.0.113.${index}` }, one)
  const refused = await attempt(to, { address: '203.0.113.99' }, email)

  assertProblem(refused, 'too_many_failures')
  assert.equal(refused.headers.get('ratelimit'), '"failures";r=0;t=1')
  assert.equal(refused.headers.get('ratelimit-policy'), '"failures";q=1;w=1')
})

test('an answer tells of the tightest limit that was asked, and of an account’s only where that refuses', async (t) => {
  const to = await given.authority(t, { COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: '1/60' })
  const address = '203.0.113.9'

  const first = await attempt(to, { address }, 'ada@example.com')
  const refused = await attempt(to, { address }, 'ada@example.com')

  assert.equal(first.headers.get('ratelimit'), '"sign_in";r=99;t=60')
  assert.equal(first.headers.get('retry-after'), null)
  assert.equal(refused.headers.get('ratelimit'), '"sign_in_account";r=0;t=60')
  assert.equal(refused.headers.get('retry-after'), '60')
})
