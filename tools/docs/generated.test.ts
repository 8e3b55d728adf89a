// The pages that are written from tables say what the tables say.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createCountersign, describeSettings, routes } from '@countersign/server'
import { CHOOSING_FILE, describeChoosing } from './choosing.ts'
import { CONFIGURATION_FILE, describeConfiguration, EXAMPLE } from './configuration.ts'
import { readDocument } from './markdown.ts'
import { describePathways, PATHWAYS_FILE, type PathwayRoute } from './pathways.ts'

const REMEDY = 'Run: npm exec -- node --conditions=source tools/docs/'

test('docs/configuration.md is what the table of settings says', () => {
  assert.equal(
    readDocument(CONFIGURATION_FILE),
    describeConfiguration(describeSettings()),
    `${REMEDY}configuration.ts`,
  )
})

test('docs/choosing.md is what the rules of the advisor say', () => {
  assert.equal(readDocument(CHOOSING_FILE), describeChoosing(), `${REMEDY}choosing.ts`)
})

test('docs/security/pathways.md is what the route table says', () => {
  assert.equal(readDocument(PATHWAYS_FILE), describePathways(routes), `${REMEDY}pathways.ts`)
})

test('a new route for strangers is refused until somebody says what it accepts', () => {
  const route: PathwayRoute = {
    name: 'sign_in_by_magic',
    method: 'POST',
    path: '/v1/magic',
    summary: 'Sign in by magic.',
    tag: 'Signing in',
    access: 'public',
  }

  assert.throws(() => describePathways([...routes, route]), /POST \/v1\/magic is open to strangers/)
})

test('a description of a route that is gone is refused', () => {
  const others = routes.filter(({ name }) => name !== 'sign_in')

  assert.throws(() => describePathways(others), /no route sign_in/)
})

test('the example of a configuration file is one that an authority starts with', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-docs-'))
  t.after(() => rm(folder, { recursive: true }))
  const settings = { ...EXAMPLE, dataFolder: folder, logLevel: 'silent' }

  const authority = await createCountersign(settings)
  const answer = await authority.fetch(new Request('https://auth.example.com/readyz'))
  await authority.close()

  assert.equal(answer.status, 200)
})

test('the times and limits that the security decisions name are the defaults', () => {
  const decisions = readDocument('docs/security/decisions.md')
  const defaults = new Map(describeSettings().map(({ key, fallback }) => [key, fallback.split(',')[0]]))
  const named: readonly (readonly [key: string, fallback: string, words: string])[] = [
    ['sessionIdleSeconds', '3600', '| idle | 1 hour |'],
    ['sessionLifetimeSeconds', '86400', '| absolute | 24 hours |'],
    ['refreshIdleSeconds', '1209600', '| 14 days unused, 30 days in all |'],
    ['refreshLifetimeSeconds', '2592000', '| 14 days unused, 30 days in all |'],
    ['refreshGraceSeconds', '30', 'a retry within 30 seconds'],
    ['sessionsPerAccountMax', '50', '| at once per account | 50 |'],
    ['accessTokenLifetimeSeconds', '900', '| access token | 15 minutes'],
    ['passwordLengthMin', '15', '15 to 256 characters'],
    ['rateLimitSignIn', '100/60', 'by client network (100 a minute'],
    ['rateLimitSignInAccount', '20/60', 'by account (20 a minute)'],
    ['signingAlgorithm', 'ES256', 'ES256 by default'],
  ]

  for (const [key, fallback, words] of named) {
    assert.equal(defaults.get(key), fallback, key)
    assert.ok(decisions.includes(words), words)
  }
})
