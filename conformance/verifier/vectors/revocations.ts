/** The vectors about entries of the feed: what each kind of node ends, for good or by a rule, and what it leaves. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { REFUSED } from '../fake/authority.ts'
import { ISSUER, newId, newSigningKey } from '../fake/credentials.ts'
import type { Command } from '../program.ts'
import { type OpenStage, openStage, type Stage } from '../stage.ts'

interface Above {
  /** What it is, seen from the token. */
  readonly what: string
  readonly kind: string
  readonly id: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** Whatever can stand above a token, with the claims that say so. */
function nodes(kid: string): readonly Above[] {
  const [sub, sid, gid, akid, jti] = [newId('acc'), newId('ses'), newId('gra'), newId('key'), newId('jwt')]
  const program = newId('svc')
  return [
    { what: 'account', kind: 'account', id: sub, claims: { sub } },
    { what: 'service account', kind: 'service_account', id: program, claims: { sub: program } },
    { what: 'session', kind: 'session', id: sid, claims: { sid } },
    { what: 'grant', kind: 'grant', id: gid, claims: { gid } },
    { what: 'API key', kind: 'api_key', id: akid, claims: { akid } },
    { what: 'token itself', kind: 'access_token', id: jti, claims: { jti } },
    { what: 'client', kind: 'client', id: 'gym-app', claims: { client_id: 'gym-app' } },
    { what: 'client by its document', kind: 'client', id: DOCUMENT, claims: { client_id: DOCUMENT } },
    { what: 'role', kind: 'role', id: 'coach', claims: { roles: ['member', 'coach'] } },
    ...parents(),
    // Last, since the others are signed by it.
    { what: 'signing key', kind: 'signing_key', id: kid, claims: {} },
    { what: 'issuer', kind: 'issuer', id: ISSUER, claims: {} },
  ]
}

const DOCUMENT = 'https://app.example.com/oauth/client.json'
const ITS_DOCUMENT = 'https://its.example.com:8443/client.json'

/** What an exchanged token stands under besides (RFC 8693). */
function parents(): readonly Above[] {
  const [acting, token, key] = [newId('svc'), newId('jwt'), newId('sig')]
  const under = (...more: string[]) => ({ parents: more, act: { sub: acting, client_id: 'pool-app' } })
  return [
    {
      what: 'token that it came of',
      kind: 'access_token',
      id: token,
      claims: under('client:a', `access_token:${token}`),
    },
    {
      what: 'document of a client of that one',
      kind: 'client',
      id: ITS_DOCUMENT,
      claims: under(`client:${ITS_DOCUMENT}`),
    },
    { what: 'client of that one', kind: 'client', id: 'its-client', claims: under('client:its-client') },
    { what: 'key of that one', kind: 'signing_key', id: key, claims: under(`signing_key:${key}`) },
    { what: 'one who acts', kind: 'service_account', id: acting, claims: under(`service_account:${acting}`) },
  ]
}
const ALL = nodes('').map(({ what }) => what)

export function describeRevocations(command: Command): void {
  describe('entries of the feed', { concurrency: 2 }, () => {
    describeTokens(command)
    describeOpaqueOnes(command)
  })
}

function describeTokens(command: Command): void {
  describe('reach access tokens', { concurrency: 1 }, () => {
    let stage: OpenStage
    const key = newSigningKey('ES256')
    before(async () => {
      stage = await openStage(command, {
        before: (authority) => {
          authority.keys = [...authority.keys, key.jwk]
        },
      })
    })
    after(() => stage.close())

    for (const what of ALL) {
      test(`a rule for the ${what} ends what was issued before it, and nothing else`, async () => {
        const { kind, id, claims } = find(what, key.kid)
        const [warm, cold] = [stage.token(claims, { key }), stage.token(claims, { key })]
        const bystander = stage.token()
        assert.equal(await stage.decided({ bearer: warm }), 200)

        await stage.authority.acknowledged(stage.authority.log.rule(kind, id))

        assert.equal(await stage.decided({ bearer: warm }), 401)
        assert.equal(await stage.decided({ bearer: cold }), 401)
        assert.equal(await stage.decided({ bearer: bystander }), kind === 'issuer' ? 401 : 200)
        assert.equal(await stage.decided({ bearer: stage.token(claims, { key }) }), 200)
      })
    }

    for (const what of ALL.filter((one) => one !== 'issuer')) {
      test(`the end of the ${what} ends everything under it, whenever it was issued`, async () => {
        const { kind, id, claims } = find(what, key.kid)
        const warm = stage.token(claims, { key })
        const bystander = stage.token()
        assert.equal(await stage.decided({ bearer: warm }), 200)

        await stage.authority.acknowledged(stage.authority.log.kill(kind, id))

        assert.equal(await stage.decided({ bearer: warm }), 401)
        assert.equal(await stage.decided({ bearer: stage.token(claims, { key }) }), 401)
        assert.equal(await stage.decided({ bearer: bystander }), 200)
      })
    }

    test('a removed key stays removed, even if the key set still names it', async () => {
      stage.authority.log.announce(key.kid)
      await stage.authority.acknowledged(stage.authority.log.announce(key.kid))

      assert.equal(await stage.decided({ bearer: stage.token({}, { key }) }), 401)
    })
  })
}

function find(what: string, kid: string): Above {
  const found = nodes(kid).find((one) => one.what === what)
  assert.ok(found !== undefined)
  return found
}

function describeOpaqueOnes(command: Command): void {
  describe('reach session tokens and API keys', { concurrency: 1 }, () => {
    let stage: OpenStage
    before(async () => {
      stage = await openStage(command)
    })
    after(() => stage.close())

    for (const kind of ['session', 'account', 'role', 'client'] as const) {
      test(`the end of a ${kind} ends a session that is in memory`, async () => {
        const made = warmSession(stage)
        assert.equal(await stage.decided({ bearer: made.credential }), 200)
        stage.authority.verdicts.set(made.credential, REFUSED)
        const ids = { session: made.id, account: made.principal, role: made.role, client: made.client }

        await stage.authority.acknowledged(stage.authority.log.kill(kind, ids[kind]))

        assert.equal(await stage.decided({ bearer: made.credential }), 401)
      })
    }

    test('one that was ended by id is refused without a question', async () => {
      const made = stage.opaque('api_key')
      await stage.authority.acknowledged(stage.authority.log.kill('api_key', made.id))
      const asked = stage.asked()

      assert.equal(await stage.decided({ key: made.credential }), 401)
      assert.equal(stage.asked(), asked)
    })

    test('after a rule it is asked about again, and what is good still is kept again', async () => {
      const made = warmSession(stage)
      assert.equal(await stage.decided({ bearer: made.credential }), 200)
      const asked = stage.asked()

      const position = stage.authority.log.rule('role', made.role)
      stage.authority.verdicts.set(made.credential, { ...made.verdict, position })
      await stage.authority.acknowledged(position)

      for (let count = 0; count < 3; count += 1)
        assert.equal(await stage.decided({ bearer: made.credential }), 200)
      assert.equal(stage.asked(), asked + 1)
    })

    test('a narrowed API key: its old permissions end with the rule', async () => {
      const made = stage.opaque('api_key', { permissions: ['notes:read', 'notes:write'] })
      const place = { key: made.credential, permission: 'notes:write' }
      assert.equal(await stage.decided(place), 200)

      const position = stage.authority.log.rule('api_key', made.id)
      stage.authority.verdicts.set(made.credential, {
        ...made.verdict,
        permissions: ['notes:read'],
        position,
      })
      await stage.authority.acknowledged(position)

      assert.equal(await stage.decided(place), 403)
      assert.equal(await stage.decided({ key: made.credential, permission: 'notes:read' }), 200)
    })

    describeOvertaken(() => stage)
  })
}

function describeOvertaken(on: () => Stage): void {
  test('an answer that an entry overtook is not believed', async () => {
    const { authority } = on()
    const made = on().opaque('session')
    const { promise: revoked, resolve: release } = Promise.withResolvers<void>()
    const { promise: asked, resolve: noteAsked } = Promise.withResolvers<void>()
    authority.verdicts.set(made.credential, async () => {
      noteAsked()
      await revoked
      authority.verdicts.set(made.credential, REFUSED)
      return made.verdict
    })
    const checking = on().decided({ bearer: made.credential })
    await asked

    await authority.acknowledged(authority.log.rule('account', made.principal))
    release()

    assert.equal(await checking, 401)
  })

  test('an answer that is overtaken without end is not believed either', async () => {
    const { authority } = on()
    const made = on().opaque('session')
    authority.verdicts.set(made.credential, async () => {
      await authority.acknowledged(authority.log.rule('account', made.principal))
      return made.verdict
    })

    assert.equal(await on().status({ bearer: made.credential }), 503)
  })
}

/** A session whose role and client nobody shares with it. */
function warmSession(stage: Stage): ReturnType<Stage['opaque']> & { role: string; client: string } {
  const made = stage.opaque('session')
  const [role, client] = [`role-${made.id.slice(-8)}`, `client-${made.id.slice(-8)}`]
  const credential = Object(made.verdict.credential)
  const path = [...credential.path, { kind: 'role', id: role }, { kind: 'client', id: client }]
  const verdict = { ...made.verdict, credential: { ...credential, path } }
  stage.authority.verdicts.set(made.credential, verdict)
  return { ...made, verdict, role, client }
}
