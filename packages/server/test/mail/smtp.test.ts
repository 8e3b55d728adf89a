/** Handing over a message: TLS or nothing, no header or recipient but ours, and names for what goes wrong. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { Secret } from '@countersign/protocol'
import type { Message } from '../../src/mail/render.ts'
import { createSmtpTransport, type Transport } from '../../src/mail/smtp.ts'
import { makeIdentity } from './certificate.ts'
import { openSmtpServer } from './smtp-server.ts'

const STATIONERY = {
  issuer: 'https://auth.example.com',
  brand: { name: 'Otter & Söhne', color: '#2748c9' },
}

const MESSAGE: Message = {
  id: 'mai_01hzzzzzzz0000000000000000',
  to: 'ada@example.com',
  createdAtMs: Date.UTC(2026, 0, 15, 12),
  subject: 'New sign-in',
  text: 'Hello,\n\nwords.\n',
  html: '<p>Hello</p>',
}

/** Not a name of this machine, and yet nowhere else. */
const ELSEWHERE = '0.0.0.0'

function transport(
  url: string,
  over: { allowsPlain?: boolean; messageMs?: number; brand?: string } = {},
): Transport {
  const target = {
    kind: 'smtp',
    url: new Secret(url),
    from: 'auth@example.com',
    allowsPlain: over.allowsPlain ?? false,
  } as const
  const brand = { ...STATIONERY.brand, name: over.brand ?? STATIONERY.brand.name }
  const times = { stepMs: 3000, messageMs: over.messageMs ?? 10_000 }
  return createSmtpTransport(target, { ...STATIONERY, brand }, times)
}

const headersOf = (data: string): string =>
  data.slice(0, data.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ')

const headerNames = (data: string): string[] =>
  headersOf(data)
    .split('\r\n')
    .map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
    .sort()

test('a server elsewhere that offers no TLS is told neither password, nor recipient, nor message', async (t) => {
  const server = await openSmtpServer(t)

  const sent = await transport(`smtp://user:pass%20word@${ELSEWHERE}:${server.port}`).send(MESSAGE)

  assert.deepEqual(sent, { kind: 'unreachable', reason: 'tls_refused' })
  assert.deepEqual(server.received, [])
  assert.ok(
    server.lines.every((line) => /^(?:EHLO|STARTTLS|QUIT)/.test(line)),
    server.lines.join(),
  )
})

test('a certificate that nobody has signed is refused, by STARTTLS and with the danger switched on too', async (t) => {
  const server = await openSmtpServer(t, { identity: makeIdentity([0, 0, 0, 0]) })
  const url = `smtp://${ELSEWHERE}:${server.port}`

  for (const allowsPlain of [false, true]) {
    const sent = await transport(url, { allowsPlain }).send(MESSAGE)

    assert.deepEqual(sent, { kind: 'unreachable', reason: 'tls_refused' })
  }
  assert.deepEqual(server.received, [])
})

test('with a certificate that is trusted the message goes over TLS', async (t) => {
  const identity = makeIdentity([0, 0, 0, 0])
  const before = getCACertificates('default')
  t.after(() => setDefaultCACertificates(before))
  setDefaultCACertificates([...before, identity.cert])
  const server = await openSmtpServer(t, { identity })

  const sent = await transport(`smtp://${ELSEWHERE}:${server.port}`).send(MESSAGE)

  assert.deepEqual(sent, { kind: 'sent' })
  assert.deepEqual(
    server.received.map(({ secure }) => secure),
    [true],
  )
})

test('without TLS only where the danger was asked for by name, or on this machine', async (t) => {
  const server = await openSmtpServer(t)

  const elsewhere = await transport(`smtp://${ELSEWHERE}:${server.port}`, { allowsPlain: true }).send(MESSAGE)
  const here = await transport(`smtp://127.0.0.1:${server.port}`).send(MESSAGE)

  assert.deepEqual([elsewhere, here], [{ kind: 'sent' }, { kind: 'sent' }])
  assert.equal(server.received.length, 2)
})

test('the message has the headers that we wrote and no others, and the same Message-ID every time', async (t) => {
  const server = await openSmtpServer(t)
  const smtp = transport(`smtp://localhost:${server.port}`)

  await smtp.send(MESSAGE)
  await smtp.send(MESSAGE)

  const [first, second] = server.received
  assert.ok(first && second)
  assert.deepEqual(headerNames(first.data), [
    'auto-submitted',
    'content-type',
    'date',
    'from',
    'message-id',
    'mime-version',
    'subject',
    'to',
  ])
  const id = 'Message-ID: <mai_01hzzzzzzz0000000000000000@auth.example.com>'
  assert.ok(headersOf(first.data).includes(id) && headersOf(second.data).includes(id))
  assert.match(headersOf(first.data), /^From: .*<auth@example\.com>$/m)
  assert.match(headersOf(first.data), /^Date: Thu, 15 Jan 2026 12:00:00 \+0000$/m)
  assert.ok(server.lines.includes('EHLO auth.example.com'))
})

test('no subject, brand or address brings a header, a recipient or a message of its own', async (t) => {
  const server = await openSmtpServer(t)
  const attacks = [
    'a@example.com\r\nBcc: eve@example.com',
    'a@example.com\nRCPT TO:<eve@example.com>',
    'a@example.com, eve@example.com',
    '<a@example.com>, <eve@example.com>',
    'a@example.com> NOTIFY=SUCCESS\r\nRCPT TO:<eve@example.com',
    '=?utf-8?q?eve@example.com=2c?=@example.org',
    '=?utf-8?q?eve=40example.com=2c?=@example.org',
    '=?utf-8?q?eve=40example.com=3e?=@example.org',
    "eve'%@example.org",
    '"eve@example.com"@example.org',
    'eve@example.com:a@example.org',
    'a@example.com\u2028Bcc: eve@example.com',
    'a\r\n.\r\nMAIL FROM:<eve@example.com>\r\n@example.com',
  ]
  for (const attack of attacks) {
    const smtp = transport(`smtp://127.0.0.1:${server.port}`, { brand: attack })
    for (const message of [
      { ...MESSAGE, to: attack },
      { ...MESSAGE, subject: attack },
      { ...MESSAGE, text: `${attack}\r\n.\r\nMAIL FROM:<eve@example.com>\r\n`, html: attack },
    ]) {
      const before = server.received.length
      await smtp.send(message)

      for (const { to, from, data } of server.received.slice(before)) {
        assert.equal(from, 'auth@example.com')
        assert.equal(to.length, 1)
        assert.notEqual(to[0], 'eve@example.com', JSON.stringify(message.to))
        assert.ok(!headerNames(data).includes('bcc'), data)
        assert.equal(headerNames(data).length, 8, headersOf(data))
        assert.equal(headersOf(data).match(/^(?:To|From|Subject):/gm)?.length, 3)
      }
      assert.ok(server.received.length - before <= 1)
    }
  }
  assert.ok(server.lines.every((line) => !/^(?:RCPT TO|MAIL FROM):<eve@example\.com>/.test(line)))
})

const troubles: readonly [what: string, behaviour: object, expected: object][] = [
  ['no such mailbox', { answers: { RCPT: '550 5.1.1 nobody' } }, { kind: 'refused', reason: 'smtp_550' }],
  [
    'a message that is not wanted',
    { answers: { MESSAGE: '554 5.7.1 spam' } },
    { kind: 'refused', reason: 'smtp_554' },
  ],
  ['a full mailbox', { answers: { RCPT: '452 4.2.2 full' } }, { kind: 'unreachable', reason: 'smtp_452' }],
  ['a greylist', { answers: { MESSAGE: '451 4.7.1 later' } }, { kind: 'unreachable', reason: 'smtp_451' }],
  [
    'a sender that is not allowed',
    { answers: { MAIL: '550 5.7.1 not you' } },
    { kind: 'unreachable', reason: 'smtp_550' },
  ],
  [
    'a wrong password',
    { answers: { AUTH: '535 5.7.8 no' } },
    { kind: 'unreachable', reason: 'sign_in_refused' },
  ],
  ['a server that is closing', { answers: { GREETING: '554 5.3.2 closing' } }, { kind: 'unreachable' }],
  ['a connection lost in the message', { hangsUpAt: 'MESSAGE' }, { kind: 'unreachable' }],
  ['a connection lost at once', { hangsUpAt: 'GREETING' }, { kind: 'unreachable' }],
]
for (const [what, behaviour, expected] of troubles) {
  test(`${what} is told by a name of ours`, async (t) => {
    const server = await openSmtpServer(t, { behaviour })

    const sent = await transport(`smtp://user:pass@127.0.0.1:${server.port}`).send(MESSAGE)

    assert.deepEqual({ ...sent, ...expected }, sent)
    assert.match('reason' in sent ? sent.reason : '', /^[a-z_]+(?:_\d{3})?$/)
  })
}

test('a server that never answers is given up', async (t) => {
  const server = await openSmtpServer(t, { behaviour: { silentAt: 'MESSAGE' } })

  const sent = await transport(`smtp://127.0.0.1:${server.port}`, { messageMs: 300 }).send(MESSAGE)

  assert.deepEqual(sent, { kind: 'unreachable', reason: 'timeout' })
})

test('nobody listening, and a name that nobody has, are unreachable', async () => {
  assert.deepEqual(await transport('smtp://127.0.0.1:1').send(MESSAGE), {
    kind: 'unreachable',
    reason: 'no_connection',
  })
  const unknown = await transport('smtps://nobody.invalid').send(MESSAGE)
  assert.equal(unknown.kind, 'unreachable')
})
