/** An app that is one fetch handler, whose people sign in with Auth.js, by its core alone. */
import { Auth, type AuthConfig } from '@auth/core'
import type { OIDCConfig } from '@auth/core/providers'

export interface Settings {
  /** The authority’s issuer. */
  readonly authority: string
  /** Where people reach this app. */
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  /** Encrypts the app’s own cookies. */
  readonly cookieSecret: string
  /** Hears why somebody was not signed in; people are only shown that they were not. */
  readonly onError: (error: Error) => void
}

/** Routes: those of Auth.js below `/auth`. Whoever signs in comes back to `/auth/callback/countersign`. */
export function createApp(settings: Settings): (request: Request) => Promise<Response> {
  const config = createConfig(settings)
  return (request) => Auth(request, config)
}

export function createConfig(settings: Settings): AuthConfig {
  const { authority, url, cookieSecret, onError } = settings
  const leaving = `${authority}/logout?`
  return {
    basePath: '/auth',
    secret: cookieSecret,
    trustHost: true, // The server in front of the handler says which host was asked for.
    providers: [createProvider(settings)],
    callbacks: {
      // By default `sub` is made up anew at every sign-in; this one stays the same for an account.
      jwt: ({ token, account }) => (account ? { ...token, sub: account.providerAccountId } : token),
      session: ({ session, token: { sub } }) =>
        sub === undefined ? { expires: session.expires } : { ...session, user: { ...session.user, id: sub } },
      // Whoever signs out here may go on to sign out at the authority.
      redirect: ({ url: wish }) => {
        const to = new URL(wish, url) // It may be a path of the app.
        return to.href.startsWith(leaving) || to.origin === url ? to.href : url
      },
    },
    logger: { error: onError },
  }
}

export function createProvider({ authority, clientId, clientSecret }: Settings): OIDCConfig<{ sub: string }> {
  return {
    id: 'countersign',
    name: 'Countersign',
    type: 'oidc',
    issuer: authority,
    clientId,
    clientSecret,
    authorization: { params: { scope: 'openid email' } },
    checks: ['pkce', 'state', 'nonce'],
    idToken: false, // Asks UserInfo, where the address stands.
  }
}
