/** An app of somebody else that people sign in to with their accounts here: a client, and the address that it waits at. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { TestContext } from 'node:test'
import type { World } from './world.ts'

export interface App {
  readonly id: string
  /** Where the browser comes back to. */
  readonly redirectUri: string
  /** What came back, one after the other: by query or by form. */
  readonly returned: readonly URLSearchParams[]
  /** The address at the authority that a sign-in begins with. */
  begin(more?: Readonly<Record<string, string>>): string
}

/** RFC 7636, appendix B: nobody redeems the codes of these tests. */
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

/** Makes a client of the app that waits at this address, and answers its id. */
export type Register = (world: World, redirectUri: string) => Promise<string>

export const openApp = (t: TestContext, world: World, more: object = {}): Promise<App> =>
  openAppAs(t, world, byAdministrator(more))

/** The same, of an app that becomes a client in another way. */
export async function openAppAs(t: TestContext, world: World, register: Register): Promise<App> {
  const returned: URLSearchParams[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname !== '/callback') return response.writeHead(404).end()
    void read(request).then((form) => returned.push(new URLSearchParams(form === '' ? url.search : form)))
    response
      .setHeader('content-type', 'text/html')
      .end('<!doctype html><title>The pool</title><h1>At the pool</h1>')
  }).listen(0, 'localhost')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The app has no port.')
  const redirectUri = `http://localhost:${address.port}/callback`
  const id = await register(world, redirectUri)
  const begin: App['begin'] = (other = {}) => {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: id,
      redirect_uri: redirectUri,
      scope: 'openid email',
      state: 'a-state',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      ...other,
    })
    return `${world.url}/oauth/authorize?${query}`
  }
  return { id, redirectUri, returned, begin }
}

const byAdministrator =
  (more: object): Register =>
  async (world, redirectUri) => {
    const id = `pool-${randomBytes(6).toString('hex')}`
    await world.admin.clients.create({
      id,
      name: 'The pool',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [redirectUri],
      scopes: ['openid', 'profile', 'email', 'offline_access'],
      ...more,
    })
    return id
  }

async function read(request: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString()
}
