/** Two nodes on one Postgres begin a line of signing keys: one key of it, which both publish and neither signs with alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireTestDatabase } from '@countersign/tools/postgres'
import { newSecrets } from '../races/on-each-database.ts'
import { bootstrapNode, type Node, openNode } from './nodes.ts'

test('two clients at two nodes ask for RS256 at once: one key is made, which each node publishes from then on', async (t) => {
  const url = await requireTestDatabase(t)
  if (url === undefined) return
  const settings = {
    COUNTERSIGN_SECRETS: newSecrets(),
    COUNTERSIGN_DATABASE: url,
    COUNTERSIGN_LEASE_SECONDS: '1',
  }
  const key = await bootstrapNode(settings)
  const nodes = [await openNode(t, settings), await openNode(t, settings)]
  const register = (node: Node, index: number) => {
    const body = {
      id: `app-${index}`,
      name: 'An app',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      redirect_uris: ['https://app.example.com/callback'],
      scopes: ['openid'],
      id_token_signed_response_alg: 'RS256',
    }
    return node.send('POST', '/v1/clients', { key, body })
  }

  const answers = await Promise.all(nodes.map(register))

  for (const { status, text } of answers) assert.equal(status, 201, text)
  for (const node of nodes) {
    const { json } = await node.send('GET', '/v1/signing-keys', { key })
    const items = Object(json).items as { id: string; algorithm: string; state: string; purpose: string }[]
    const made = items.filter(({ algorithm }) => algorithm === 'RS256')
    assert.deepEqual(
      made.map(({ state, purpose }) => `${state} ${purpose}`),
      ['current id_token'],
    )
    const published = Object(JSON.parse((await node.send('GET', '/.well-known/jwks.json')).text)).keys
    assert.deepEqual(
      (published as { kid: string; alg: string }[])
        .filter(({ alg }) => alg === 'RS256')
        .map(({ kid }) => kid),
      made.map(({ id }) => id),
    )
  }
})
