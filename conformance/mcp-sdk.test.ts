/** The official TypeScript SDK of MCP against this server: its server behind our guard, and its client that finds the way by itself. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { registerHooks } from 'node:module'
import { after, test } from 'node:test'
import { openDocuments } from '@countersign/tools/document-server'
import { createVerifier } from '@countersign/verifier'
import { createGuard } from '@countersign/verifier/node'
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import type { Client as McpClient } from '@modelcontextprotocol/sdk/client/index.js'
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { Browser } from './browser.ts'
import { at, freePort, givenClient, givenPerson, givenProgram, givenServer } from './given.ts'

// A package of the SDK has a condition `source` too, for TypeScript, which Node reads in no installed package.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith('eventsource-parser')
      ? next(specifier, { ...context, conditions: context.conditions.filter((name) => name !== 'source') })
      : next(specifier, context),
})
const { UnauthorizedError } = await import('@modelcontextprotocol/sdk/client/auth.js')
const { Client } = await import('@modelcontextprotocol/sdk/client/index.js')
const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
const { McpServer } = await import('@modelcontextprotocol/sdk/server/mcp.js')
const { StreamableHTTPServerTransport } = await import('@modelcontextprotocol/sdk/server/streamableHttp.js')

const REDIRECT = 'http://127.0.0.1:7777/callback'
const port = await freePort()
const resource = `http://127.0.0.1:${port}/mcp`

const documents = await openDocuments()
after(documents.close)
const given = await givenServer({
  COUNTERSIGN_CLIENT_DOCUMENTS: 'on',
  COUNTERSIGN_CLIENT_REGISTRATION: 'open',
  COUNTERSIGN_CLIENT_REGISTRATION_SCOPES: 'notes:read,offline_access',
  COUNTERSIGN_CLIENT_REGISTRATION_AUDIENCES: resource,
  COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8',
})
const person = await givenPerson(given, ['notes:read'])
const { id: clientId } = await givenClient(given, {
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [REDIRECT],
  scopes: ['notes:read', 'offline_access'],
  audiences: [resource],
})
await openMcpServer()

test('a client that shows nothing is sent to the authority and has called no tool', async () => {
  const app = createProvider()

  await assert.rejects(connect(app), UnauthorizedError)

  const url = app.sentTo()
  assert.equal(url.origin + url.pathname, `${given.url}/oauth/authorize`)
  assert.equal(url.searchParams.get('resource'), resource)
  assert.equal(url.searchParams.get('scope'), 'notes:read')
  assert.equal(url.searchParams.get('code_challenge_method'), 'S256')
})

test('a token that is meant for the authority opens no tool', async () => {
  const app = createProvider()
  await app.saveTokens({ access_token: person.accessToken, token_type: 'Bearer' })

  await assert.rejects(connect(app), UnauthorizedError)
})

test('it finds the authority, signs in, calls a tool as that person, and is refused once its grant is revoked', async () => {
  const app = createProvider()
  await assert.rejects(connect(app), UnauthorizedError)
  const transport = new StreamableHTTPClientTransport(new URL(resource), { authProvider: app })
  await transport.finishAuth(await allow(app.sentTo()))

  const client = await connect(app)
  const called = await client.callTool({ name: 'whoami' })
  assert.deepEqual(called.content, [{ type: 'text', text: person.id }])

  const refreshToken = (await app.tokens())?.refresh_token ?? assert.fail()
  const target = { kind: 'grant', id: grantOf(await app.tokens()) }
  const revoked = await given.send('POST', '/v1/revocations', {
    key: given.adminKey,
    body: { target, wait_ms: 10_000 },
  })
  assert.equal(revoked.json.confirmed, true, revoked.text)
  await assert.rejects(client.callTool({ name: 'whoami' }), UnauthorizedError)
  const refreshed = await given.post('/oauth/token', {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: refreshToken,
  })
  assert.equal(refreshed.json.error, 'invalid_grant')
})

test('one that nobody registered is known by its document, is told of, and is refused once it is ended', async () => {
  const clientMetadataUrl = `${documents.origin}/notes-app/client.json`
  const body = {
    client_id: clientMetadataUrl,
    client_name: 'An app of notes',
    redirect_uris: ['http://127.0.0.1/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  }
  documents.publish('/notes-app/client.json', { body })
  const app = createProvider(clientMetadataUrl)
  await assert.rejects(connect(app), UnauthorizedError)
  assert.equal(app.sentTo().searchParams.get('client_id'), clientMetadataUrl)
  const transport = new StreamableHTTPClientTransport(new URL(resource), { authProvider: app })
  await transport.finishAuth(await allow(app.sentTo(), /id="client-unchecked"/))

  const client = await connect(app)
  const called = await client.callTool({ name: 'whoami' })
  assert.deepEqual(called.content, [{ type: 'text', text: person.id }])

  const path = `/v1/clients/${encodeURIComponent(clientMetadataUrl)}`
  assert.equal((await given.send('DELETE', path, { key: given.adminKey })).status, 204)
  const refreshed = await given.post('/oauth/token', {
    grant_type: 'refresh_token',
    client_id: clientMetadataUrl,
    refresh_token: (await app.tokens())?.refresh_token ?? assert.fail(),
  })
  assert.equal(refreshed.json.error, 'invalid_client')
})

test('one that publishes no document registers itself, is told of, calls a tool, and is refused once it is revoked', async () => {
  const app = createProvider(null)
  await assert.rejects(connect(app), UnauthorizedError)
  const registered = (await app.clientInformation())?.client_id ?? assert.fail('It is not registered.')
  assert.match(registered, /^self-/)
  const transport = new StreamableHTTPClientTransport(new URL(resource), { authProvider: app })
  await transport.finishAuth(await allow(app.sentTo(), /id="client-unchecked"[\s\S]*>127\.0\.0\.1:7777</))

  const client = await connect(app)
  const called = await client.callTool({ name: 'whoami' })

  assert.deepEqual(called.content, [{ type: 'text', text: person.id }])
  const revoked = await given.send('POST', '/v1/revocations', {
    key: given.adminKey,
    body: { target: { kind: 'client', id: registered }, wait_ms: 10_000 },
  })
  assert.equal(revoked.json.confirmed, true, revoked.text)
  await assert.rejects(client.callTool({ name: 'whoami' }), UnauthorizedError)
})

/** What an app keeps for itself between its steps, and where it last sent its user. */
interface Provider extends OAuthClientProvider {
  sentTo(): URL
}

/** Of the app that an administrator has registered, of one that publishes a document about itself, or, with null, of neither. */
function createProvider(clientMetadataUrl?: string | null): Provider {
  let known: Awaited<ReturnType<OAuthClientProvider['clientInformation']>> =
    clientMetadataUrl === undefined ? { client_id: clientId, issuer: given.url } : undefined
  let verifier = ''
  let sent: URL | undefined
  let tokens: OAuthTokens | undefined
  return {
    redirectUrl: REDIRECT,
    clientMetadata: { redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' },
    clientInformation: () => known,
    saveClientInformation: (saved) => {
      known = saved
    },
    tokens: () => tokens,
    saveTokens: (saved) => {
      tokens = saved
    },
    // What the authority has refused is forgotten, so that the SDK begins anew.
    invalidateCredentials: (what) => {
      if (what === 'tokens' || what === 'all') tokens = undefined
    },
    redirectToAuthorization: (url) => {
      sent = url
    },
    saveCodeVerifier: (saved) => {
      verifier = saved
    },
    codeVerifier: () => verifier,
    sentTo: () => sent ?? assert.fail('Nobody was sent anywhere.'),
    ...(typeof clientMetadataUrl === 'string' && { clientMetadataUrl }),
  }
}

async function connect(authProvider: OAuthClientProvider): Promise<McpClient> {
  const client = new Client({ name: 'a test', version: '1.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(resource), { authProvider })
  after(() => client.close())
  // The SDK's own types differ where an optional member may be undefined.
  await client.connect(transport as Transport)
  return client
}

/** What the person does in the browser. */
async function allow(start: URL, seen = /id="consent-allow"/): Promise<string> {
  const browser = new Browser(given)
  const login = await browser.open(`${start.pathname}${start.search}`)
  const consent = await browser.signIn(login, person.email)
  assert.match(consent.text, seen)
  const answer = await browser.submit(consent, { decision: 'allow' })
  const back = new URL(answer.headers.get('location') ?? assert.fail(answer.text))
  assert.equal(back.origin + back.pathname, REDIRECT)
  return back.searchParams.get('code') ?? assert.fail(back.search)
}

function grantOf(tokens: OAuthTokens | undefined): string {
  const [, payload = ''] = tokens?.access_token.split('.') ?? []
  return at(JSON.parse(Buffer.from(payload, 'base64url').toString()), 'gid')
}

/** Without sessions of its own: what the caller may do is decided anew at each call. */
async function openMcpServer(): Promise<void> {
  const { key } = await givenProgram(given, ['credentials:verify', 'revocations:read'], {
    boundTo: [resource],
  })
  const verifier = createVerifier({ issuer: given.url, audience: resource, key })
  await verifier.ready()
  const guard = createGuard(verifier)
  const handle = guard({ permissions: ['notes:read'] }, async (req, res, { principal }) => {
    const mcp = new McpServer({ name: 'notes', version: '1.0.0' })
    mcp.registerTool('whoami', { description: 'Who calls.' }, () => ({
      content: [{ type: 'text', text: principal.id }],
    }))
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
    res.on('close', () => void mcp.close())
    await mcp.connect(transport as Transport)
    await transport.handleRequest(req, res)
  })
  const server = createServer((req, res) => {
    if (req.url === guard.metadataPath) return void guard.metadata(req, res)
    if (req.method !== 'POST') return void res.writeHead(405, { allow: 'POST' }).end()
    return void handle(req, res)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  after(async () => {
    server.closeAllConnections()
    server.close()
    await verifier.close()
  })
}
