/** TOTP against the published vectors (RFC 4226 appendix D, RFC 6238 appendix B), and the seeds that apps are given. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toBase32, toOtpauthUri } from '@countersign/core'
import { Secret } from '@countersign/protocol'
import fc from 'fast-check'
import encodeQR from 'qr'
import decodeQR from 'qr/decode.js'
import { toQrSvg } from './qr-code.ts'
import { fromBase32, toTotpCode, totp } from './totp.ts'

const KEY = Buffer.from('12345678901234567890')
const SEED = new Secret('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')

test('RFC 4226 appendix D: the ten codes of the published key', () => {
  const codes = Array.from({ length: 10 }, (_, step) => toTotpCode(KEY, step))

  assert.deepEqual(codes, [
    '755224',
    '287082',
    '359152',
    '969429',
    '338314',
    '254676',
    '287922',
    '162583',
    '399871',
    '520489',
  ])
})

test('RFC 6238 appendix B: the codes of the published times, as six digits', () => {
  for (const [seconds, eightDigits] of [
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ] as const) {
    const code = eightDigits.slice(2)

    assert.equal(toTotpCode(KEY, Math.floor(seconds / 30)), code)
    assert.equal(totp.matchingStep(SEED, code, seconds * 1000), Math.floor(seconds / 30))
  }
})

test('a code matches in its own step and the ones beside it, and in no other', () => {
  const code = toTotpCode(KEY, 100)
  const at = (step: number, ms = 0): number | null => totp.matchingStep(SEED, code, step * 30_000 + ms)

  assert.equal(at(98, 29_999), null)
  assert.equal(at(99), 100)
  assert.equal(at(100), 100)
  assert.equal(at(101, 29_999), 100)
  assert.equal(at(102), null)
})

test('other digits, fewer and more of them match nothing', () => {
  const code = toTotpCode(KEY, 100)
  const wrong = code === '000000' ? '111111' : '000000'

  for (const text of [wrong, '', code.slice(1), `${code}0`, ` ${code}`, code.replace(/\d/, 'x')]) {
    assert.equal(totp.matchingStep(SEED, text, 3_000_000), null)
  }
})

test('RFC 4648 §10: base32 of every seed is read back as it was', () => {
  assert.equal(toBase32(Buffer.from('fooba')).reveal(), 'MZXW6YTB')
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
      const text = toBase32(bytes)

      assert.match(text.reveal(), /^[A-Z2-7]{32}$/)
      assert.deepEqual(fromBase32(text), bytes)
    }),
  )
  assert.throws(() => fromBase32(new Secret('MZXW6YT1')), /no base32/)
})

test('the URI names service and account, whatever stands in them', () => {
  const uri = toOtpauthUri(SEED, 'auth.example.com', 'a+b&secret=x/?:@example.com').reveal()

  const url = new URL(uri)
  assert.equal(url.protocol, 'otpauth:')
  assert.equal(decodeURIComponent(url.pathname.slice(1)), 'auth.example.com:a+b&secret=x/?:@example.com')
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    secret: SEED.reveal(),
    issuer: 'auth.example.com',
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  })
})

test('a camera reads the URI out of the QR code, and the picture runs nothing', () => {
  const uri = toOtpauthUri(SEED, 'auth.example.com', 'ada@example.com')

  const svg = toQrSvg(uri)

  assert.match(svg, /^<svg [^>]*>(?:<(?:path|rect) [^<>]*\/>)+<\/svg>$/)
  assert.doesNotMatch(svg, /<script|\son\w+=|href|otpauth/)
  const modules = modulesOf(svg)
  assert.equal(readQr(modules), uri.reveal())
  assert.deepEqual(modules, encodeQR(uri.reveal(), 'raw', { ecc: 'medium', border: 4 }))
})

/** Draws the picture on paper, as a browser would: each module is a path of its own, begun where the last one was. */
function modulesOf(svg: string): boolean[][] {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1])
  const modules = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  let [x, y] = [0, 0]
  for (const [, move, dx, dy] of svg.matchAll(/([Mm])(-?\d+)[ ,]?(-?\d+)h1v1[hH]-?\d+Z/g)) {
    const isAbsolute = move === 'M'
    x = Number(dx) + (isAbsolute ? 0 : x)
    y = Number(dy) + (isAbsolute ? 0 : y)
    const row = modules[y]
    assert.ok(row !== undefined && x < size)
    row[x] = true
  }
  return modules
}

/** What a camera sees: eight pixels for each module. */
function readQr(modules: readonly (readonly boolean[])[]): string {
  const scale = 8
  const size = modules.length * scale
  const data = new Uint8ClampedArray(size * size * 4)
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const isDark = modules[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true
      data.set([isDark ? 0 : 255, isDark ? 0 : 255, isDark ? 0 : 255, 255], (y * size + x) * 4)
    }
  }
  return decodeQR({ width: size, height: size, data })
}
