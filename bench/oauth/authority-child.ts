/** An authority as `serve` starts it, on durable SQLite, with the clients and the person of `setup.ts`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, Secret } from '@countersign/client'
import { bootstrapAuthority, loadConfig, serve } from '@countersign/server'
import { readBusy } from '../server/busy.ts'
import { answer } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'
import { Browser, hiddenOf } from './browser.ts'
import { toAuthorizePath } from './requests.ts'
import { AUDIENCE, PASSWORD, PERSON, REDIRECT, type Side, toBasic, toFigures } from './setup.ts'

const OFF = 'dangerously-off'

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'authority-'))
const port = await findFreePort()
const issuer = `http://localhost:${port}`
const environment = {
  COUNTERSIGN_DATA: folder,
  COUNTERSIGN_PORT: String(port),
  COUNTERSIGN_HOST: '127.0.0.1',
  COUNTERSIGN_AUDIENCES: `${issuer},${AUDIENCE}`,
  COUNTERSIGN_SIGNING_ALGORITHM: process.env.BENCH_ALGORITHM ?? 'ES256',
  COUNTERSIGN_RATE_LIMIT_SIGN_IN: OFF,
  COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: OFF,
  COUNTERSIGN_RATE_LIMIT_SIGN_UP: OFF,
  COUNTERSIGN_RATE_LIMIT_TOKEN: OFF,
}
const parsed = await loadConfig(environment, folder)
if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'))
const made = await bootstrapAuthority(parsed.config, {
  email: 'admin@example.com',
  password: new Secret(PASSWORD),
  name: null,
})
if (!made.ok) throw new Error('The first administrator could not be made.')
const server = await serve(parsed.config)
const owner = createClient({ baseUrl: issuer, credential: { apiKey: made.apiKey.secret.reveal() } })

const side = await setUp()

async function setUp(): Promise<Side> {
  await owner.roles.create({ id: 'bench', permissions: ['things:read', 'credentials:verify'] })
  const { id } = await owner.serviceAccounts.create({ name: 'a service', roles: ['bench'] })
  const service = await owner.clients.create({
    id: 'service',
    name: 'A service',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    scopes: ['things:read', 'credentials:verify'],
    audiences: [issuer, AUDIENCE],
    service_account_id: id,
  })
  const web = await owner.clients.create({
    id: 'web',
    name: 'An app',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [REDIRECT],
    scopes: ['openid', 'offline_access'],
  })
  await owner.accounts.create({ email: PERSON, password: new Secret(PASSWORD), requirePasswordChange: false })
  return {
    port,
    authorizePath: '/oauth/authorize',
    tokenPath: '/oauth/token',
    introspectPath: '/oauth/introspect',
    service: toBasic('service', service.client_secret?.reveal() ?? ''),
    web: toBasic('web', web.client_secret?.reveal() ?? ''),
    webId: 'web',
    serviceForm: 'grant_type=client_credentials&scope=things:read',
    cookie: await signIn(),
  }
}

/** Through the pages, with consent, up to where the browser is sent back to the app. */
async function signIn(): Promise<string> {
  const browser = new Browser(issuer)
  const login = await browser.visit(toAuthorizePath({ authorizePath: '/oauth/authorize', webId: 'web' }))
  const form = { ...hiddenOf(login), identifier: PERSON, password: PASSWORD }
  const consent = await browser.visit('/login', form)
  const end = await browser.visit('/consent', { ...hiddenOf(consent), decision: 'allow' })
  if (!end.url.href.startsWith(REDIRECT)) throw new Error('The sign-in did not lead back to the app.')
  return browser.cookie
}

answer(
  {
    side: () => toFigures(side),
    busy: readBusy,
    rotate: async () => {
      await owner.signingKeys.rotate(true)
      return {}
    },
  },
  async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  },
)
