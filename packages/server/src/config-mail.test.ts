/** The settings of mail: what can stand in a header or an envelope, and where mail goes by them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig } from './config.ts'

const mailOf = (environment: Record<string, string>): string => {
  const parsed = parseConfig(environment)
  return parsed.ok ? parsed.config.mail.kind : parsed.mistakes.join()
}

const server = { COUNTERSIGN_SMTP_URL: 'smtp://localhost', COUNTERSIGN_MAIL_FROM: 'auth@example.com' }

test('a sender or a brand that could end a header is refused', () => {
  for (const from of [
    'auth@example.com\r\nBcc: eve@example.com',
    'auth@example.com, eve@example.com',
    'Auth <auth@example.com>',
    'auth@exa mple.com',
    'auth@example.com\n',
    'auth',
    '@example.com',
    'auth@-.-@example.com',
  ]) {
    assert.match(
      mailOf({ ...server, COUNTERSIGN_MAIL_FROM: from }),
      /MAIL_FROM must be/,
      JSON.stringify(from),
    )
  }
  for (const brand of ['a\r\nBcc: eve@example.com', 'a\u2028b', ' padded', 'x'.repeat(61), 'a\u202eb']) {
    assert.match(mailOf({ COUNTERSIGN_BRAND_NAME: brand }), /BRAND_NAME must be/, JSON.stringify(brand))
  }
  for (const color of ['red', '#2748C9', '#2748c9;background:url(//evil.example)', '#12345']) {
    assert.match(mailOf({ COUNTERSIGN_BRAND_COLOR: color }), /BRAND_COLOR must be/, color)
  }
})

test('a URL of another kind, or with more than host, port and user, is refused without its password', () => {
  for (const url of [
    'https://user:verySecret@mail.example.com',
    'smtp://user:verySecret@mail.example.com/inbox',
    'smtp://user:verySecret@mail.example.com?tls=off',
    'smtp://',
    'mail.example.com',
  ]) {
    const told = mailOf({ ...server, COUNTERSIGN_SMTP_URL: url })

    assert.match(told, /COUNTERSIGN_SMTP_URL must /, url)
    assert.ok(!told.includes('verySecret'))
  }
})

test('mail goes to the server that is named; without one it stays here, or is not written at all', () => {
  assert.equal(mailOf(server), 'smtp')
  assert.equal(mailOf({ ...server, COUNTERSIGN_ISSUER: 'https://auth.example.com' }), 'smtp')
  assert.equal(mailOf({}), 'development')
  assert.equal(mailOf({ COUNTERSIGN_ISSUER: 'http://127.0.0.1:4000' }), 'development')
  assert.equal(mailOf({ COUNTERSIGN_ISSUER: 'https://auth.example.com' }), 'off')
})
