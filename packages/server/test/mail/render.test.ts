/** Messages in every language: complete, the same in both parts, and inert whatever stands in them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkKinds, locales, type Mail, type Notice, noticeKinds } from '@countersign/core'
import { catalogues } from '../../src/mail/catalogue.ts'
import { renderMail, renderTest } from '../../src/mail/render.ts'

const STATIONERY = { issuer: 'https://auth.example.com', brand: { name: 'Otter & Co', color: '#2748c9' } }

const mailOf = (over: Partial<Notice> = {}, locale: Mail['locale'] = 'en'): Mail => ({
  id: 'mai_01hzzzzzzz0000000000000000',
  to: 'ada@example.com',
  locale,
  createdAtMs: Date.UTC(2026, 0, 15, 12),
  content: {
    kind: 'factor_added',
    atMs: Date.UTC(2026, 0, 15, 12),
    device: 'Firefox on Linux',
    address: '192.0.2.1',
    notMe: null,
    ...over,
  },
})

const HOSTILE = `"><script src=//evil.example></script><img src=x onerror=alert(1)>&amp;\u202e' style='x`

test('every kind has words of its own in every language, and they name the brand', () => {
  const seen = new Set<string>()
  for (const locale of locales) {
    for (const kind of noticeKinds) {
      const { subject, text, html } = renderMail(mailOf({ kind }, locale), STATIONERY)

      assert.ok(subject.includes('Otter & Co') && subject.length < 80, subject)
      assert.doesNotMatch(subject + text, /undefined|\[object|\$\{/)
      assert.match(html, new RegExp(`<html lang="${catalogues[locale].language}">`))
      seen.add(subject)
      seen.add(text)
    }
  }
  assert.equal(seen.size, 2 * locales.length * noticeKinds.length)
})

test('a link begins with the issuer, ends with the ticket after a #, and stands in both parts', () => {
  for (const locale of locales) {
    for (const kind of linkKinds) {
      const createdAtMs = Date.UTC(2026, 0, 15, 12)
      const content = { kind, ticket: 'abc', expiresAtMs: createdAtMs + 1_800_000 } as const
      const { text, html } = renderMail({ ...mailOf({}, locale), createdAtMs, content }, STATIONERY)

      const [link = ''] = /https:\S+/.exec(text) ?? []
      assert.match(link, /^https:\/\/auth\.example\.com\/[a-z-]+#abc$/)
      assert.deepEqual(text.match(/https?:\S+/g), [link])
      assert.ok(html.includes(`href="${link}"`) && html.includes(`>${link}</p>`))
      assert.match(text, /30 (?:minutes|Minuten)/)
    }
  }
})

test('a notice by which its owner can say that it was not them has one link, for a page without a script', () => {
  for (const locale of locales) {
    for (const kind of noticeKinds) {
      const { text, html } = renderMail(mailOf({ kind, notMe: 'abc' }, locale), STATIONERY)

      const link = 'https://auth.example.com/not-me?ticket=abc'
      assert.deepEqual(text.match(/https?:\S+/g), [link])
      assert.ok(html.includes(`href="${link}"`) && html.includes(catalogues[locale].notMe.action))
      const { undo = catalogues[locale].notMe.advice } = catalogues[locale].notices[kind]('Otter & Co')
      assert.ok(text.includes(undo))
      const { text: without } = renderMail(mailOf({ kind }, locale), STATIONERY)
      assert.equal(without.match(/https?:\S+/g), null)
    }
  }
})

test('how long a link works is told in minutes, hours or days', () => {
  const createdAtMs = Date.UTC(2026, 0, 15, 12)
  for (const [minutes, expected] of [
    [30, /30 (?:minutes|Minuten)/],
    [1440, /24 (?:hours|Stunden)/],
    [10_080, /7 (?:days|Tage)/],
  ] as const) {
    for (const locale of locales) {
      const expiresAtMs = createdAtMs + minutes * 60_000
      const content = { kind: 'reset_password', ticket: 'abc', expiresAtMs } as const
      assert.match(renderMail({ ...mailOf({}, locale), createdAtMs, content }, STATIONERY).text, expected)
    }
  }
})

test('a language has every text that the others have, and none is left as it was', () => {
  const texts = (value: unknown, path: string): [string, string][] => {
    if (typeof value === 'string') return [[path, value]]
    if (typeof value === 'function') return texts(value(path === '.lifetime' ? 30 : 'Brand'), path)
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([key, one]) => texts(one, `${path}.${key}`))
  }
  const [english, german] = [new Map(texts(catalogues.en, '')), new Map(texts(catalogues.de, ''))]

  assert.deepEqual([...german.keys()], [...english.keys()])
  assert.ok(english.size > 20)
  for (const [path, words] of english) assert.notEqual(german.get(path), words, path)
  for (const [path, words] of [...english, ...german]) assert.ok(words.trim() === words && words !== '', path)
})

test('both parts say the same: what, when, from where, and what to do', () => {
  const { text, html } = renderMail(mailOf({}, 'de'), STATIONERY)

  for (const words of [
    'Authentifikator hinzugefügt',
    'Wann',
    '15. Januar 2026',
    'Firefox on Linux',
    '192.0.2.1',
    'Wenn Sie das waren',
  ]) {
    assert.ok(text.includes(words), words)
    assert.ok(html.includes(words), words)
  }
})

test('what is not known is left out', () => {
  const { text } = renderMail(mailOf({ device: null, address: null }), STATIONERY)

  assert.doesNotMatch(text, /null|Device|Network address/)
  assert.match(text, /When: 15 January 2026.* UTC/)
})

test('nothing that came with a request becomes markup, and the message loads nothing', () => {
  const stationery = { ...STATIONERY, brand: { name: HOSTILE, color: '#2748c9' } }
  const { html } = renderMail(mailOf({ device: HOSTILE, address: HOSTILE }), stationery)

  const tags = (html.match(/<[^>]*>/g) ?? []).join('\n')
  assert.doesNotMatch(tags, /<(?:script|img|link|iframe|object|form)\b|\s(?:src|href|background|on\w+)=/i)
  assert.doesNotMatch(html, /url\(|@import/)
  assert.equal(html.match(/&quot;&gt;&lt;script src=/g)?.length, html.match(/evil\.example/g)?.length)
})

test('a test message says that it is one', () => {
  const { id, to, createdAtMs } = mailOf()
  const { subject, text } = renderTest({ id, to, createdAtMs }, 'en', STATIONERY)

  assert.equal(subject, 'Test mail of Otter & Co')
  assert.match(text, /This is a test/)
})
