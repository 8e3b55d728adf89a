/** Names are kept before anything is issued under them, and what was read before that counts for nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccountId, type SessionId, toId } from '@countersign/protocol'
import { toAlias } from '../aliases/alias.ts'
import type { AliasStore } from '../aliases-port.ts'
import { asTheyAre, nameFor, nodeBehind, readNamed } from './subjects.ts'

const account: AccountId = toId('acc', 1, new Uint8Array(10))
const session: SessionId = toId('ses', 1, new Uint8Array(10))
const client = {
  id: 'app',
  subjectType: 'pairwise' as const,
  sectorIdentifierUri: null,
  redirectUris: ['https://app.example.com/'],
}
const open = { ...client, subjectType: 'public' as const }
const nodes = [account, session] as const

/** Keeps names of its own, and writes down in what order it was asked. */
function givenStore({ isFull = false, isKnown = false } = {}) {
  const calls: string[] = []
  const names = new Map(nodes.map((node) => [node, toAlias(node, new Uint8Array(16).fill(7)).alias]))
  const store: AliasStore = {
    readAliases: async () => {
      calls.push('read')
      return isKnown ? names : new Map()
    },
    keepAliases: async () => {
      calls.push('keep')
      return isFull ? 'full' : names
    },
    resolveAliases: async () => new Map(),
  }
  return { context: { store, secrets: { alias: () => new Uint8Array(16) } }, calls, names }
}

test('where an account is known in too many sectors, nothing is issued and nothing read again', async () => {
  const { context, calls } = givenStore({ isFull: true })
  const again = () => assert.fail('It was read again.')

  assert.equal(await readNamed(context, client, 'first', { nodes, again }, 0), null)
  assert.deepEqual(calls, ['read', 'keep'])
})

test('what was read first is read again after the names were kept, and gone where it is gone by then', async () => {
  for (const isKnown of [false, true]) {
    const { context, calls, names } = givenStore({ isKnown })
    const again = async () => {
      calls.push('again')
      return 'second'
    }

    const named = await readNamed(context, client, 'first', { nodes, again }, 0)

    assert.equal(named?.found, 'second')
    assert.deepEqual(calls, isKnown ? ['read', 'again'] : ['read', 'keep', 'again'])
    assert.deepEqual([named?.naming(account), named?.naming(session)], [...names.values()])
    assert.equal(await readNamed(context, client, 'first', { nodes, again: async () => null }, 0), null)
  }
})

test('an id that was given no name is told to nobody', async () => {
  const { context } = givenStore()
  const naming = await nameFor(context, client, nodes, 0)
  assert.ok(naming !== 'full')

  for (const prefix of ['acc', 'ses', 'gra', 'key'] as const) {
    const forgotten = toId(prefix, 2, new Uint8Array(10))
    assert.throws(() => naming(forgotten), /pairwise/)
  }
  const role = 'member'
  assert.equal(naming(role), role)
})

test('a client with public subjects costs no look at the store, and is told ids', async () => {
  const { context, calls } = givenStore()
  const again = () => assert.fail('It was read again.')

  const named = await readNamed(context, open, 'first', { nodes, again }, 0)

  assert.deepEqual(named, { found: 'first', naming: asTheyAre })
  assert.deepEqual(calls, [])
})

test('nobody tries out an id, or another sector’s name, at a client that is told names', async () => {
  const { context } = givenStore()

  assert.equal(await nodeBehind(context, client, account), null)
  assert.equal(await nodeBehind(context, client, 'somebody'), null)
  assert.equal(await nodeBehind(context, open, account), account)
})
