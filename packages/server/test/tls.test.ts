/** Our own TLS: what it refuses, how it looks from outside, and how a certificate is replaced under a running server. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { type ConnectionOptions, connect } from 'node:tls'
import { readCertificate } from '../src/adapters/certificate.ts'
import { parseConfig } from '../src/config.ts'
import { openTlsListeners } from '../src/listen.ts'
import { serve } from '../src/serve.ts'
import { type Identity, makeIdentity } from './mail/certificate.ts'

const NOW = Date.UTC(2026, 10, 25)

interface Files {
  readonly certFile: string
  readonly keyFile: string
  write(identity: Identity): Promise<void>
}

async function given(t: TestContext, identity: Identity = makeIdentity([127, 0, 0, 1])): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-tls-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') }
  const write = async ({ cert, key }: Identity): Promise<void> => {
    await writeFile(files.keyFile, key)
    await writeFile(files.certFile, cert)
  }
  await write(identity)
  return { ...files, write }
}

const settingsOf = ({ certFile, keyFile }: Files): Record<string, string> => ({
  COUNTERSIGN_TLS_CERT: certFile,
  COUNTERSIGN_TLS_KEY: keyFile,
})

test('a certificate without its key, and an issuer without TLS, are told before anything starts', async (t) => {
  const files = await given(t)
  const half = parseConfig({ COUNTERSIGN_TLS_CERT: files.certFile })
  const plain = parseConfig({ ...settingsOf(files), COUNTERSIGN_ISSUER: 'http://localhost:4000' })

  assert.ok(!half.ok && !plain.ok)
  assert.match(half.mistakes.join(), /belong together/)
  assert.match(plain.mistakes.join(), /does not begin with https/)
})

test('files that are not there, no pair, or no PEM are refused by name, with nothing of the key', async (t) => {
  const files = await given(t)
  const other = makeIdentity([127, 0, 0, 1])
  const refusal = (): Promise<string> => readCertificate(files, NOW).then(String, String)

  await writeFile(files.keyFile, other.key)
  const noPair = await refusal()
  await writeFile(files.keyFile, 'no key at all')
  const noKey = await refusal()
  await rm(files.keyFile)
  const away = await refusal()

  for (const said of [noPair, noKey, away]) {
    assert.match(said, /^CertificateError: The files? /)
    assert.ok(said.includes(files.keyFile))
    assert.doesNotMatch(said, /PRIVATE KEY|no key at all/)
  }
})

test('a certificate that is not valid yet, or not any more, is refused', async (t) => {
  const files = await given(t)

  await assert.rejects(readCertificate(files, Date.UTC(2019, 0)), /and not now/)
  await assert.rejects(readCertificate(files, Date.UTC(2100, 0)), /and not now/)
})

interface Agreed {
  readonly protocol: string | null
  readonly cipher: string
  readonly fingerprint: string
}

/** One handshake: what was agreed on, or null where there was none. */
async function handshake(port: number, options: ConnectionOptions): Promise<Agreed | null> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options })
  try {
    await once(socket, 'secureConnect')
    return {
      protocol: socket.getProtocol(),
      cipher: socket.getCipher().name,
      fingerprint: socket.getPeerCertificate().fingerprint256,
    }
  } catch {
    return null
  } finally {
    socket.on('error', () => {}).destroy()
  }
}

test('FAPI 2.0 §5.2.1: TLS 1.2 and 1.3 with the suites of BCP 195, and nothing weaker', async (t) => {
  const port = await open(t, await given(t))
  const weak = ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305']

  const newest = await handshake(port, {})
  const strong = await handshake(port, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })

  assert.equal(newest?.protocol, 'TLSv1.3')
  assert.equal(strong?.cipher, 'ECDHE-ECDSA-AES128-GCM-SHA256')
  for (const ciphers of weak) {
    assert.equal(await handshake(port, { maxVersion: 'TLSv1.2', ciphers }), null, ciphers)
  }
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
  assert.equal(await handshake(port, old), null)
})

/** The real server, on a port of its own. */
async function open(t: TestContext, files: Files): Promise<number> {
  const data = await mkdtemp(join(tmpdir(), 'countersign-tls-data-'))
  const parsed = parseConfig({
    ...settingsOf(files),
    COUNTERSIGN_DATA: data,
    COUNTERSIGN_PORT: '0',
    COUNTERSIGN_HOST: '127.0.0.1',
    COUNTERSIGN_ISSUER: 'https://localhost',
    COUNTERSIGN_ALLOWED_HOSTS: '127.0.0.1',
    COUNTERSIGN_LOG_LEVEL: 'silent',
  })
  assert.ok(parsed.ok, JSON.stringify(parsed))
  const server = await serve(parsed.config)
  t.after(async () => {
    await server.close()
    await rm(data, { recursive: true, force: true })
  })
  assert.match(server.url, /^https:/)
  return Number(new URL(server.url).port)
}

test('the server answers over TLS, as the issuer that it is', async (t) => {
  const files = await given(t)
  const port = await open(t, files)

  const answer = await ask(port, '/.well-known/openid-configuration')

  assert.equal(answer.status, 200)
  assert.equal(JSON.parse(answer.body).issuer, 'https://localhost')
})

async function ask(port: number, path: string): Promise<{ status: number | undefined; body: string }> {
  const sent = request({ port, host: '127.0.0.1', path, rejectUnauthorized: false, agent: false })
  sent.end()
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, body: await text(response) }
}

test('a new certificate is used without a restart, and a broken one leaves the earlier one in use', async (t) => {
  const files = await given(t)
  const told: string[] = []
  const waiting = new Map<string, () => void>()
  const note = ({ event }: { readonly event: string }): void => {
    told.push(event)
    waiting.get(event)?.()
  }
  const heard = (event: string): Promise<void> => new Promise((resolve) => waiting.set(event, resolve))
  const listeners = await openTlsListeners(files, {
    logger: { info: note, error: note },
    nowMs: () => NOW,
    lookMs: 5,
  })
  const server = listeners.create({}, (_, response) => response.end('here'))
  t.after(() => {
    listeners.close()
    server.close()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const shown = async (): Promise<string> => {
    const agreed = await handshake(address.port, {})
    assert.ok(agreed !== null)
    return agreed.fingerprint
  }
  const first = await shown()

  const refused = heard('certificate_refused')
  await writeFile(files.certFile, 'half a certif')
  await refused
  const during = await shown()
  const replaced = heard('certificate_replaced')
  await files.write(makeIdentity([127, 0, 0, 1]))
  await replaced

  assert.equal(during, first)
  assert.notEqual(await shown(), first)
  assert.equal(told.filter((event) => event === 'certificate_replaced').length, 1)
})
