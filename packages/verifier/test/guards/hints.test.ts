// Hints in refusals: for whoever develops on this machine and has asked for them, and for nobody else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGuardCore } from '../../src/guards/guard.ts'
import type { GuardOptions, Requirements } from '../../src/guards/guard-types.ts'
import { type IncomingRequest, nodeWire } from '../../src/guards/node-wire.ts'
import { createFakeVerifier, type FakeVerifier } from './fake-verifier.ts'

const TEXT = 'cs_seslive_ada'
const BEARER = ['authorization', `Bearer ${TEXT}`]
const COOKIE = ['cookie', `__Host-countersign_session=${TEXT}`]
const RESPONSE = { setHeader: () => undefined, destroy: () => undefined, on: () => undefined }

interface Asked {
  readonly lines?: readonly string[]
  readonly method?: string
  readonly address?: string
  readonly requirements?: Requirements<IncomingRequest>
}

function given(issuer = 'http://localhost:4000'): FakeVerifier {
  const verifier: FakeVerifier = Object.assign(createFakeVerifier(), { issuer })
  verifier.let(TEXT, { permissions: ['gym:enter'] })
  return verifier
}

async function hintFor(
  { lines = [], method = 'GET', address = '127.0.0.1', requirements = {} }: Asked,
  options: GuardOptions<IncomingRequest> = { hints: 'development' },
): Promise<unknown> {
  const core = createGuardCore(given(), nodeWire, options)
  const socket = { remoteAddress: address, encrypted: true } as unknown as IncomingRequest['socket']
  const outcome = await core.route(requirements).check({ method, rawHeaders: [...lines], socket }, RESPONSE)
  assert.ok(!outcome.ok)
  return JSON.parse(outcome.body).hint
}

test('an issuer that is not on this machine takes no hints', () => {
  for (const issuer of ['https://auth.example.com', 'https://localhost.example.com']) {
    assert.throws(() => createGuardCore(given(issuer), nodeWire, { hints: 'development' }), RangeError)
  }
})

test('nobody is told who did not ask for it, comes from elsewhere or through a proxy', async () => {
  assert.equal(await hintFor({}, {}), undefined)
  assert.equal(await hintFor({ address: '192.0.2.7' }), undefined)
  assert.equal(await hintFor({ lines: ['X-Forwarded-For', '192.0.2.7'] }), undefined)
  assert.equal(await hintFor({ lines: ['Forwarded', 'for=192.0.2.7'] }), undefined)
})

test('a developer reads why: the cookie, the origin, the permission, and where the rest is told', async () => {
  const crossSite = ['sec-fetch-site', 'cross-site']

  assert.match(String(await hintFor({ lines: crossSite })), /^cookie not sent: .* SameSite=Lax/)
  assert.match(String(await hintFor({})), /Authorization or X-API-Key/)
  assert.match(String(await hintFor({ lines: [...COOKIE, ...crossSite], method: 'POST' })), /another origin/)
  assert.match(
    String(await hintFor({ lines: BEARER, requirements: { permissions: ['pool:enter'] } })),
    /^this route needs pool:enter\. countersign explain dec_/,
  )
  assert.match(
    String(await hintFor({ lines: ['authorization', 'Bearer nobody'] })),
    /^countersign explain dec_/,
  )
})
