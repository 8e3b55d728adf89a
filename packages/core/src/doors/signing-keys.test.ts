/** A signing key signs only after everybody who follows the log has seen it (lease protocol, rule 8). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type IdTokenAlgorithm, Secret, toId } from '@countersign/protocol'
import type { Caller } from '../caller.ts'
import type { RequestFacts } from '../context.ts'
import { createKeyRing } from '../signing-keys/key-ring.ts'
import type { SigningKey, SigningKeyLine, SigningKeyState } from '../signing-keys/signing-key.ts'
import type { KeyContext } from './signing-key-steps.ts'
import { provideIdTokenKey, replaceRemovedKey, rotateSigningKeys, tendSigningKeys } from './signing-keys.ts'

const PUBLISH_SECONDS = 3600
const ROTATE_SECONDS = 10_000

const factsAt = (seconds: number): RequestFacts => ({
  nowMs: seconds * 1000,
  requestId: 'test',
  address: null,
  userAgent: null,
  deviceSecrets: [],
  device: null,
})

const administrator: Caller = {
  principal: { kind: 'account', id: toId('acc', 1, new Uint8Array(10)) },
  verdict: {
    position: 0,
    principal: { kind: 'account', id: toId('acc', 1, new Uint8Array(10)), name: null, email: null },
    credential: {
      kind: 'session',
      id: toId('ses', 1, new Uint8Array(10)),
      path: [],
      expiresAtMs: null,
      amr: [],
      acr: null,
      authTimeMs: null,
    },
    permissions: ['*'],
    resources: [],
    audiences: [],
    allowAddresses: [],
    rateLimit: null,
    usableUntilMs: 0,
  },
}

interface Keys {
  readonly context: KeyContext
  /** Which announcements everybody has seen. */
  readonly seen: Set<number>
  /** What clients have asked for. */
  readonly wanted: Set<IdTokenAlgorithm>
  /** Lets those who wait go on; what they are told is whether it was seen by then. */
  release(): void
  inState(state: SigningKeyState, line?: SigningKeyLine): readonly SigningKey[]
  /** Ends a key as a revocation does. */
  remove(state: SigningKeyState, line?: SigningKeyLine): void
}

/** Keys in a list, and a log whose readers see announcements when the test says so. */
function givenKeys(): Keys {
  let rows: readonly SigningKey[] = []
  let position = 0
  let made = 0
  const seen = new Set<number>()
  const wanted = new Set<IdTokenAlgorithm>()
  const waiting: (() => void)[] = []
  const change = (id: string, to: Partial<SigningKey>): void => {
    rows = rows.map((key) => (key.id === id ? { ...key, ...to } : key))
  }
  const store: KeyContext['store'] = {
    listSigningKeys: async () => rows,
    listIdTokenAlgorithms: async () => [...wanted],
    addSigningKey: async (key, onlyIfNone) => {
      const line = rows.filter((one) => one.line === key.line)
      if (line.some(({ state }) => onlyIfNone.includes(state))) return false
      position += 1
      rows = [...rows, { ...key, publishedPosition: position }]
      return true
    },
    promoteSigningKey: async ({ id, nowMs }) => {
      const next = rows.find((key) => key.id === id)
      if (next?.state !== 'next') return false
      const current = rows.find(({ line, state }) => line === next.line && state === 'current')
      if (current !== undefined) change(current.id, { state: 'previous', demotedAtMs: nowMs })
      change(id, { state: 'current', promotedAtMs: nowMs })
      return true
    },
    retireSigningKey: async () => false,
    revoke: async () => ({ kind: 'not_found' }),
  }
  const secrets = { seal: (plain: string) => plain, open: (sealed: string) => sealed }
  const random = {
    bytes: (count: number) => {
      made += 1
      return new Uint8Array(count).fill(made)
    },
  }
  const context: KeyContext = {
    store,
    secrets,
    random,
    keyMaker: { generate: async () => ({ publicJwk: { kty: 'EC' }, privateKey: new Secret('key') }) },
    keys: createKeyRing(store, secrets, async () => undefined),
    feed: {
      catchUp: async () => undefined,
      position: () => position,
      isConfirmed: (at) => seen.has(at),
      awaitConfirmed: async (at) => {
        if (!seen.has(at)) await new Promise<void>((resolve) => waiting.push(resolve))
        return seen.has(at)
      },
    },
    policy: {
      signingAlgorithm: 'ES256',
      keyPublishSeconds: PUBLISH_SECONDS,
      keyRotationSeconds: ROTATE_SECONDS,
      accessTokenLifetimeSecondsMax: 3600,
      verdictSeconds: 60,
      leewaySeconds: 30,
    },
  }
  return {
    context,
    seen,
    wanted,
    release: () => {
      for (const go of waiting.splice(0)) go()
    },
    inState: (state, line = 'main') => rows.filter((key) => key.line === line && key.state === state),
    remove: (state, line = 'main') => {
      rows = rows.map((key) =>
        key.line === line && key.state === state ? { ...key, state: 'removed' } : key,
      )
    },
  }
}

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a key that has not been seen by everybody does not sign, however long it has been published', async () => {
  const keys = givenKeys()
  await tendSigningKeys(keys.context, factsAt(0))
  await tendSigningKeys(keys.context, factsAt(ROTATE_SECONDS - PUBLISH_SECONDS))
  const [next] = keys.inState('next')
  assert.ok(next)

  await tendSigningKeys(keys.context, factsAt(ROTATE_SECONDS * 10))
  await rotateSigningKeys(keys.context, administrator, false, factsAt(ROTATE_SECONDS * 10))

  assert.deepEqual(keys.inState('next'), [next])
  keys.seen.add(next.publishedPosition ?? 0)
  await tendSigningKeys(keys.context, factsAt(ROTATE_SECONDS * 10))
  assert.equal(keys.inState('current')[0]?.id, next.id)
})

test('a key that everybody has seen does not sign before caches of the key set have run out', async () => {
  const keys = givenKeys()
  await tendSigningKeys(keys.context, factsAt(0))
  await rotateSigningKeys(keys.context, administrator, false, factsAt(10))
  const [next] = keys.inState('next')
  keys.seen.add(next?.publishedPosition ?? 0)

  await rotateSigningKeys(keys.context, administrator, false, factsAt(9 + PUBLISH_SECONDS))
  assert.equal(keys.inState('next').length, 1)
  await rotateSigningKeys(keys.context, administrator, false, factsAt(10 + PUBLISH_SECONDS))

  assert.equal(keys.inState('current')[0]?.id, next?.id)
})

test('a rotation at once publishes, and promotes only when everybody has seen it', async () => {
  const keys = givenKeys()
  await tendSigningKeys(keys.context, factsAt(0))
  const [current] = keys.inState('current')

  const rotating = rotateSigningKeys(keys.context, administrator, true, factsAt(1))
  await turns()
  const [next] = keys.inState('next')
  assert.equal(keys.inState('current')[0]?.id, current?.id)
  keys.seen.add(next?.publishedPosition ?? 0)
  keys.release()

  assert.equal((await rotating).ok, true)
  assert.equal(keys.inState('current')[0]?.id, next?.id)
})

test('a rotation at once that the end of the server cuts short promotes nothing', async () => {
  const keys = givenKeys()
  await tendSigningKeys(keys.context, factsAt(0))
  const [current] = keys.inState('current')

  const rotating = rotateSigningKeys(keys.context, administrator, true, factsAt(1))
  await turns()
  keys.release()

  assert.deepEqual(await rotating, { ok: false, code: 'shutting_down' })
  assert.equal(keys.inState('current')[0]?.id, current?.id)
})

test('the successor of a removed key signs only when everybody has seen it, whoever promotes it', async () => {
  const keys = givenKeys()
  await tendSigningKeys(keys.context, factsAt(0))
  keys.remove('current')

  const replacing = replaceRemovedKey(keys.context, administrator, factsAt(1))
  await turns()
  const tending = tendSigningKeys(keys.context, factsAt(1))
  await turns()
  const [next] = keys.inState('next')
  assert.deepEqual(keys.inState('current'), [])
  assert.throws(() => keys.context.keys.current(), { name: 'StoreUnavailable' })
  keys.seen.add(next?.publishedPosition ?? 0)
  keys.release()
  await Promise.all([replacing, tending])

  assert.deepEqual(
    keys.inState('current').map(({ id }) => id),
    [next?.id],
  )
  assert.equal(keys.inState('next').length, 0)
})

test('at the first start, which nobody can have followed, a key signs at once', async () => {
  const keys = givenKeys()

  await tendSigningKeys(keys.context, factsAt(0))

  assert.equal(keys.inState('current').length, 1)
})

test('the first key of a further line signs only when everybody has seen it, and changes nothing in the main line', async () => {
  const keys = givenKeys()
  await tendSigningKeys(keys.context, factsAt(0))
  const [main] = keys.inState('current')
  keys.wanted.add('RS256')

  await tendSigningKeys(keys.context, factsAt(1))
  await tendSigningKeys(keys.context, factsAt(ROTATE_SECONDS / 2))
  assert.equal(keys.context.keys.currentFor('RS256'), null)
  const [next] = keys.inState('next', 'RS256')
  keys.seen.add(next?.publishedPosition ?? 0)
  await tendSigningKeys(keys.context, factsAt(ROTATE_SECONDS / 2))

  assert.equal(keys.context.keys.currentFor('RS256')?.id, next?.id)
  assert.deepEqual(keys.inState('current'), [main])
  assert.equal(keys.context.keys.current().id, main?.id)
})

test('what signs ID tokens alone is published, and is no key that access tokens are verified with', async () => {
  const keys = givenKeys()
  for (let position = 1; position < 10; position += 1) keys.seen.add(position)
  await tendSigningKeys(keys.context, factsAt(0))
  const [main] = keys.inState('current')
  await provideIdTokenKey(keys.context, 'RS256', administrator, factsAt(0))
  const [further] = keys.inState('current', 'RS256')

  const { published, verifying } = keys.context.keys
  assert.deepEqual(
    published().map((jwk) => [jwk.kid, jwk.countersign_purpose]),
    [
      [main?.id, undefined],
      [further?.id, 'id_token'],
    ],
  )
  assert.deepEqual(
    verifying().map(({ kid }) => kid),
    [main?.id],
  )
})

test('two who need a first key of a line at once make one', async () => {
  const keys = givenKeys()
  await tendSigningKeys(keys.context, factsAt(0))
  const provide = () => provideIdTokenKey(keys.context, 'PS256', administrator, factsAt(1))

  const both = Promise.all([provide(), provide()])
  await turns()
  const [next] = keys.inState('next', 'PS256')
  keys.seen.add(next?.publishedPosition ?? 0)
  keys.release()
  await both
  await provide()

  assert.equal(keys.inState('current', 'PS256').length, 1)
  assert.equal(keys.inState('previous', 'PS256').length, 0)
  assert.equal(keys.inState('next', 'PS256').length, 0)
})

test('a further line rotates by the same schedule as the main one, and each demotes its own', async () => {
  const keys = givenKeys()
  await tendSigningKeys(keys.context, factsAt(0))
  const providing = provideIdTokenKey(keys.context, 'RS256', administrator, factsAt(0))
  await turns()
  for (let position = 1; position < 10; position += 1) keys.seen.add(position)
  keys.release()
  await providing
  const before = [...keys.inState('current'), ...keys.inState('current', 'RS256')].map(({ id }) => id)

  await tendSigningKeys(keys.context, factsAt(ROTATE_SECONDS - PUBLISH_SECONDS))
  await tendSigningKeys(keys.context, factsAt(ROTATE_SECONDS - 1))
  assert.deepEqual(
    [...keys.inState('current'), ...keys.inState('current', 'RS256')].map(({ id }) => id),
    before,
  )
  await tendSigningKeys(keys.context, factsAt(ROTATE_SECONDS))

  assert.deepEqual(
    [...keys.inState('previous'), ...keys.inState('previous', 'RS256')].map(({ id }) => id),
    before,
  )
  assert.equal(keys.inState('current', 'RS256')[0]?.algorithm, 'RS256')
  assert.equal(keys.inState('current')[0]?.algorithm, 'ES256')
})

test('a removed key of a further line is followed by another where a client needs it, and by none else', async () => {
  const keys = givenKeys()
  for (let position = 1; position < 20; position += 1) keys.seen.add(position)
  await tendSigningKeys(keys.context, factsAt(0))
  await provideIdTokenKey(keys.context, 'RS256', administrator, factsAt(0))
  await provideIdTokenKey(keys.context, 'PS256', administrator, factsAt(0))
  keys.wanted.add('RS256')
  keys.remove('current', 'RS256')
  keys.remove('current', 'PS256')

  await replaceRemovedKey(keys.context, administrator, factsAt(1))

  assert.equal(keys.inState('current', 'RS256').length, 1)
  assert.equal(keys.inState('current', 'PS256').length, 0)
  assert.equal(keys.context.keys.currentFor('PS256'), null)
})
