/** `oidc-provider` with its store in memory, the clients and the person of `setup.ts`, and everything else as it comes. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'
import { readBusy } from '../server/busy.ts'
import { answer } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'
import { Browser } from './browser.ts'
import { PeerStore } from './peer-store.ts'
import { toAuthorizePath } from './requests.ts'
import { AUDIENCE, PERSON, REDIRECT, type Side, toBasic, toFigures } from './setup.ts'

const ALGORITHM = process.env.BENCH_ALGORITHM === 'EdDSA' ? 'EdDSA' : 'ES256'
const SCOPE = 'things:read'

const port = await findFreePort()
const issuer = `http://localhost:${port}`
const secrets = { service: randomBytes(32).toString('hex'), web: randomBytes(32).toString('hex') }
const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
const key = { ...(await exportJWK(privateKey)), alg: ALGORITHM, use: 'sig', kid: 'bench' }

const configuration: Configuration = {
  adapter: PeerStore,
  jwks: { keys: [key] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  scopes: ['openid', 'offline_access', SCOPE],
  clients: [
    {
      client_id: 'service',
      client_secret: secrets.service,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: ALGORITHM,
    },
    {
      client_id: 'web',
      client_secret: secrets.web,
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [REDIRECT],
      id_token_signed_response_alg: ALGORITHM,
    },
  ],
  enabledJWA: { idTokenSigningAlgValues: [ALGORITHM] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: SCOPE,
        audience: AUDIENCE,
        accessTokenTTL: 900,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: ALGORITHM } },
      }),
    },
  },
  interactions: { url: () => '/interaction' },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  // Consent, as somebody who has given it.
  loadExistingGrant: async (context) => {
    const { Grant } = context.oidc.provider
    // One for all: a refresh token is good for as long as its session knows its grant.
    const known = context.oidc.session?.grantIdFor('web')
    if (known !== undefined) return Grant.find(known)
    const grant = new Grant({
      clientId: context.oidc.client?.clientId,
      accountId: context.oidc.session?.accountId,
    })
    grant.addOIDCScope('openid offline_access')
    await grant.save()
    return grant
  },
  ttl: {
    AccessToken: 900,
    ClientCredentials: 900,
    RefreshToken: 86_400,
    Session: 86_400,
    Grant: 86_400,
    IdToken: 300,
    Interaction: 600,
    AuthorizationCode: 60,
  },
}

const provider = new Provider(issuer, configuration)
const handle = provider.callback()
const server = createServer((request, response) => {
  if (request.url?.startsWith('/interaction') !== true) return void handle(request, response)
  void provider.interactionFinished(request, response, { login: { accountId: PERSON } })
}).listen(port, '127.0.0.1')
await once(server, 'listening')

const browser = new Browser(issuer)
const end = await browser.visit(toAuthorizePath({ authorizePath: '/auth', webId: 'web' }))
if (!end.url.href.startsWith(REDIRECT)) throw new Error('The sign-in did not lead back to the app.')

const side: Side = {
  port,
  authorizePath: '/auth',
  tokenPath: '/token',
  introspectPath: '/token/introspection',
  service: toBasic('service', secrets.service),
  web: toBasic('web', secrets.web),
  webId: 'web',
  serviceForm: `grant_type=client_credentials&scope=${SCOPE}&resource=${encodeURIComponent(AUDIENCE)}`,
  cookie: browser.cookie,
}

answer({ side: () => toFigures(side), busy: readBusy }, async () => {
  server.closeAllConnections()
  server.close()
})
