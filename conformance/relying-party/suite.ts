/**
 * What is asked of an app that people sign in to, whatever it is written in and with: it has the routes of
 * `examples/client-go` and `examples/client-python`, and stands or falls by the library that it uses.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { at } from '../given.ts'
import type { Command } from '../programs/launch.ts'
import { type Complaints, describeIdTokens } from './id-tokens.ts'
import { givenStage, type Stage } from './stage.ts'
import { assertRefused } from './visitor.ts'

/** Declares the tests. Call it at the top of a file, and wait for it. */
export async function describeRelyingParty(
  name: string,
  command: Command,
  complaints: Complaints,
): Promise<void> {
  const stage = await givenStage(command)
  describe(name, () => {
    describeAnswers(stage)
    describeTokenEndpoint(stage)
    describeIdTokens(stage, complaints)
    describeSessions(stage)
  })
}

/** What the browser comes back with. */
function describeAnswers({ visitor }: Stage): void {
  test('somebody who allows nothing is told access_denied, and is not signed in', async () => {
    const somebody = await visitor()

    assertRefused(await somebody.signIn({ decision: 'deny' }), 403, /^access_denied$/)
    assert.equal((await somebody.send('GET', '/me')).status, 401)
  })

  for (const [what, name, value, words] of [
    ['another state', 'state', 'another', /state does not match/],
    ['the issuer of another authority', 'iss', 'https://other.example.com', /of another issuer/],
    ['a code that was never given', 'code', 'a'.repeat(43), /invalid_grant/],
  ] as const) {
    test(`an answer with ${what} signs nobody in`, async () => {
      const somebody = await visitor()

      assertRefused(await somebody.signIn({ answer: (url) => url.searchParams.set(name, value) }), 400, words)
      assert.equal((await somebody.send('GET', '/me')).status, 401)
    })
  }

  test('an answer that another browser asked for signs nobody in', async () => {
    const [attacker, victim] = [await visitor(), await visitor()]
    const back = await attacker.comeBack()

    assertRefused(await victim.send('GET', `${back.pathname}${back.search}`), 400, /did not begin/)
    await victim.comeBack()
    assertRefused(await victim.send('GET', `${back.pathname}${back.search}`), 400, /state does not match/)
  })
}

/** What the authority refuses to the app. */
function describeTokenEndpoint(stage: Stage): void {
  const { visitor } = stage

  test('a code is not redeemed with another verifier than the one that it was asked for with', async () => {
    const somebody = await visitor()
    const back = await somebody.comeBack()
    const { state, nonce } = somebody.attempt()
    somebody.cookies.set('attempt', `${state}.${nonce}.${'v'.repeat(43)}`)

    assertRefused(await somebody.send('GET', `${back.pathname}${back.search}`), 400, /invalid_grant/)
  })

  test('an app with a wrong secret signs nobody in', async (t) => {
    const somebody = await stage.visitorOfImpostor(t)

    assertRefused(await somebody.signIn(), 400, /invalid_client/)
  })

  test('a code that comes twice ends what it gave', async () => {
    const somebody = await visitor()
    const back = await somebody.comeBack()
    const attempt = somebody.cookies.get('attempt') ?? ''
    assert.equal((await somebody.send('GET', `${back.pathname}${back.search}`)).status, 200)
    assert.equal((await somebody.send('GET', '/me')).status, 200)
    somebody.cookies.set('attempt', attempt)

    assertRefused(await somebody.send('GET', `${back.pathname}${back.search}`), 400, /invalid_grant/)
    assertRefused(await somebody.send('GET', '/me'), 400, /401/)
    assertRefused(await somebody.send('POST', '/refresh'), 400, /invalid_grant/)
  })
}

/** Whoever is signed in. */
function describeSessions({ given, between, visitor }: Stage): void {
  test('UserInfo about somebody else is not used', async (t) => {
    const somebody = await visitor()
    assert.equal((await somebody.signIn()).status, 200)
    between.alter(t, '/oauth/userinfo', (body) => ({ ...body, sub: 'acc_00000000000000000000000000' }))

    assertRefused(await somebody.send('GET', '/me'), 400, /about somebody else/)
  })

  test('somebody signs in, is known, and stays so with every new pair of tokens', async (t) => {
    const somebody = await visitor()
    const seen: string[] = []
    between.alter(t, '/oauth/token', (body) => {
      seen.push(at(body, 'access_token'), at(body, 'refresh_token'))
      return body
    })

    const answer = await somebody.signIn()

    assert.deepEqual([answer.status, answer.json], [200, { sub: somebody.person.id }], answer.text)
    const claims = { sub: somebody.person.id, email: somebody.person.email, email_verified: false }
    for (const [method, path] of [
      ['GET', '/me'],
      ['POST', '/refresh'],
      ['POST', '/refresh'],
      ['GET', '/me'],
    ] as const) {
      const known = await somebody.send(method, path)
      assert.deepEqual([known.status, known.json], [200, claims], known.text)
    }
    assert.equal(new Set(seen).size, 6, 'Each answer of three had tokens of its own.')
  })

  test('people who sign in at once are each known as themselves', async () => {
    const people = await Promise.all([visitor(), visitor(), visitor()])

    const answers = await Promise.all(people.map((one) => one.signIn()))

    for (const [index, { person }] of people.entries()) assert.equal(answers[index]?.json.sub, person.id)
  })

  test('a consent that is taken back ends the access token and the refresh token of the app', async (t) => {
    const somebody = await visitor()
    let grant = ''
    between.alter(t, '/oauth/token', (body) => {
      grant = String(decodeJwt(at(body, 'access_token')).gid)
      return body
    })
    assert.equal((await somebody.signIn()).status, 200)
    assert.equal((await somebody.send('GET', '/me')).status, 200)

    const ended = await given.send('POST', '/v1/revocations', {
      key: given.adminKey,
      body: { target: { kind: 'grant', id: grant } },
    })

    assert.equal(ended.status, 200, ended.text)
    assertRefused(await somebody.send('GET', '/me'), 400, /401/)
    assertRefused(await somebody.send('POST', '/refresh'), 400, /invalid_grant/)
  })

  test('an app that has read the keys takes an ID token by a key that came after them', async (t) => {
    const [before, after] = [await visitor(), await visitor()]
    const names: unknown[] = []
    between.alter(t, '/oauth/token', (body) => {
      names.push(decodeProtectedHeader(at(body, 'id_token')).kid)
      return body
    })
    assert.equal((await before.signIn()).status, 200)

    const body = { immediately: true }
    const rotated = await given.send('POST', '/v1/signing-keys/rotate', { key: given.adminKey, body })

    assert.equal(rotated.status, 200, rotated.text)
    assert.equal((await after.signIn()).status, 200)
    assert.equal(new Set(names).size, 2)
  })
}
