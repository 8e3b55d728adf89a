/** What is asked of a service that calls an API under its own name: the module `service` of `examples/client-python`. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, test } from 'node:test'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { type Given, givenServer, givenSpeaker } from '../given.ts'
import type { Command } from '../programs/launch.ts'

const RUN_MS_MAX = 60_000

interface Ran {
  readonly isDone: boolean
  /** What it printed, or what it complained about. */
  readonly text: string
}

type Run = (settings: Readonly<Record<string, string>>) => Promise<Ran>

/** Declares the tests. Call it at the top of a file, and wait for it. */
export async function describeService(name: string, command: Command): Promise<void> {
  const given = await givenServer()
  const run: Run = (settings) =>
    runOnce(command, { ISSUER: given.url, API: `${given.url}/v1/me`, ...settings })
  describe(name, () => {
    describeSecrets(given, run)
    describeKeys(given, run)
  })
}

function describeSecrets(given: Given, run: Run): void {
  test('client_credentials with a wrong secret are answered invalid_client, with too much scope invalid_scope', async () => {
    const { id, secret } = await givenSpeaker(given, ['notes:read'])

    assertFailed(await run({ CLIENT_ID: id, CLIENT_SECRET: `${secret}x` }), /invalid_client/)
    const more = { SCOPE: 'notes:read notes:write' }
    assertFailed(await run({ CLIENT_ID: id, CLIENT_SECRET: secret, ...more }), /invalid_scope/)
  })

  test('client_credentials by client_secret_basic: the API knows the service', async () => {
    const { id, secret, account } = await givenSpeaker(given, ['notes:read', 'notes:write'])

    const ran = await run({ CLIENT_ID: id, CLIENT_SECRET: secret, SCOPE: 'notes:read' })

    assert.ok(ran.isDone && ran.text.includes(account), ran.text)
  })
}

interface Pair {
  readonly own: JWK
  readonly registered: JWK
}

async function givenPair(alg: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const named = { kid: 'one', alg }
  return {
    own: { ...(await exportJWK(privateKey)), ...named },
    registered: { ...(await exportJWK(publicKey)), ...named },
  }
}

const byKey = (keys: readonly JWK[]): Readonly<Record<string, unknown>> => ({
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys },
})

function describeKeys(given: Given, run: Run): void {
  test('private_key_jwt by a key that is not registered is answered invalid_client', async () => {
    const [ours, foreign] = [await givenPair('ES256'), await givenPair('ES256')]
    const { id } = await givenSpeaker(given, ['notes:read'], byKey([ours.registered]))

    assertFailed(await run({ CLIENT_ID: id, CLIENT_KEY: JSON.stringify(foreign.own) }), /invalid_client/)
  })

  test('private_key_jwt as the library makes it, good for an hour, is answered invalid_client', async () => {
    const { own, registered } = await givenPair('ES256')
    const { id } = await givenSpeaker(given, ['notes:read'], byKey([registered]))
    const settings = { CLIENT_ID: id, CLIENT_KEY: JSON.stringify(own) }

    assertFailed(await run({ ...settings, ASSERTION_SECONDS: '3600' }), /invalid_client/)
    assert.ok((await run({ ...settings, ASSERTION_SECONDS: '600' })).isDone)
  })

  for (const alg of ['ES256', 'RS256', 'PS256', 'EdDSA']) {
    test(`private_key_jwt with ${alg}: the API knows the service, each time by a new assertion`, async () => {
      const { own, registered } = await givenPair(alg)
      const { id, account } = await givenSpeaker(given, ['notes:read'], byKey([registered]))

      for (const ran of [
        await run({ CLIENT_ID: id, CLIENT_KEY: JSON.stringify(own) }),
        await run({ CLIENT_ID: id, CLIENT_KEY: JSON.stringify(own) }),
      ]) {
        assert.ok(ran.isDone && ran.text.includes(account), ran.text)
      }
    })
  }
}

function assertFailed({ isDone, text }: Ran, words: RegExp): void {
  assert.equal(isDone, false, text)
  assert.match(text, words)
}

function runOnce(
  { file, args, cwd, env }: Command,
  settings: Readonly<Record<string, string>>,
): Promise<Ran> {
  const options = { cwd, env: { ...process.env, ...env, ...settings }, timeout: RUN_MS_MAX }
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      resolve({ isDone: error === null, text: `${stdout}${stderr}` })
    })
  })
}
