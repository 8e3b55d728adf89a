import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toDeviceName } from './device.ts'

test('nothing, noise, markup and control signs are no device', () => {
  const noise = [
    null,
    '',
    '   ',
    '<script>alert(1)</script>/1 x',
    '\u001b[31mred/1',
    '1234',
    '../../etc/passwd',
    '💥/1.0',
    `${'x'.repeat(40)}/1`,
  ]

  for (const userAgent of noise) assert.equal(toDeviceName(userAgent), null, `${userAgent}`)
})

test('whatever a client sends, the name is short and plain', () => {
  const hostile = [
    'evil\u001b[31m/1.0 Windows NT 10.0',
    'a\r\nb/1 (iPhone; iOS 18)',
    'x'.repeat(1_000_000),
    'Mozilla/5.0 '.repeat(50_000),
    `Firefox/${'9'.repeat(100_000)}`,
  ]

  for (const userAgent of hostile) {
    const name = toDeviceName(userAgent)
    assert.ok(name === null || /^[\w .+-]{1,68}$/.test(name), JSON.stringify(name))
  }
})

test('browsers are named with their system', () => {
  const table = [
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'Firefox on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0',
      'Microsoft Edge on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'Safari on iOS',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
  ] as const

  for (const [userAgent, name] of table) assert.equal(toDeviceName(userAgent), name)
})

test('programs are named by what they call themselves', () => {
  assert.equal(toDeviceName('curl/8.5.0'), 'curl')
  assert.equal(toDeviceName('node'), 'node')
  assert.equal(toDeviceName('python-requests/2.31'), 'python-requests')
  assert.equal(toDeviceName('GymApp/3.2 (iPhone; iOS 18.1)'), 'GymApp on iOS')
})
