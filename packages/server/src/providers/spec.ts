/**
 * The services that people may sign in with, as the settings name them, and how each is spoken to: OpenID Connect where
 * the service speaks it; else OAuth, with a look at who the token is for.
 */
import type { Secret } from '@countersign/protocol'

/** As they stand in the settings. */
export type ProviderSetting = {
  /** Stands in addresses and in the audit log; names the kind unless given. */
  readonly id: string
  /** For the button. */
  readonly name: string
  readonly clientId: string
  readonly clientSecret: Secret
  /** In place of the least that is needed. */
  readonly scopes: readonly string[] | null
} & (
  | { readonly kind: 'google' | 'facebook' }
  | { readonly kind: 'microsoft'; readonly tenant: string }
  | { readonly kind: 'github'; readonly url: string }
  | { readonly kind: 'oidc'; readonly issuer: string }
)

interface Common {
  readonly id: string
  readonly name: string
  readonly clientId: string
  readonly clientSecret: Secret
  readonly issuer: string
  readonly scopes: readonly string[]
  /** What is asked for besides where somebody has to prove once more who they are, as far as the service knows how. */
  readonly anew: Readonly<Record<string, string>>
}

/** Told by its discovery document; who somebody is, an ID token says. */
export type OidcProvider = Common & { readonly protocol: 'oidc' }

/** Told by its documentation; who somebody is, the service is asked with the token. */
export type OAuthProvider = Common & {
  readonly protocol: 'oauth'
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly userEndpoint: string
  /** Where the addresses stand with the word whether they were verified; null where nobody says so. */
  readonly emailsEndpoint: string | null
}

export type Provider = OidcProvider | OAuthProvider

const OIDC_SCOPES = ['openid', 'email', 'profile']
/** OpenID Connect Core §3.1.2.1: a provider that is asked so tells by `auth_time` when it was. */
const ANEW = { prompt: 'login', max_age: '0' }
/** Google and GitHub ask nobody for a password again; they show who is signed in, and let somebody else. */
const CHOOSE = { prompt: 'select_account' }

export function toProvider(setting: ProviderSetting): Provider {
  const { id, name, clientId, clientSecret, scopes } = setting
  const common = { id, name, clientId, clientSecret }
  switch (setting.kind) {
    case 'google':
      return { ...oidc(common, 'https://accounts.google.com', scopes), anew: CHOOSE }
    case 'microsoft':
      // Of one tenant: an issuer that is everybody's would vouch for addresses that anybody may claim.
      return oidc(common, `https://login.microsoftonline.com/${setting.tenant}/v2.0`, scopes)
    case 'oidc':
      return oidc(common, setting.issuer, scopes)
    case 'github':
      return {
        ...common,
        ...github(setting.url),
        scopes: scopes ?? ['read:user', 'user:email'],
        anew: CHOOSE,
      }
    case 'facebook':
      return { ...common, ...FACEBOOK, scopes: scopes ?? ['email', 'public_profile'] }
  }
}

const oidc = (
  common: Pick<Common, 'id' | 'name' | 'clientId' | 'clientSecret'>,
  issuer: string,
  scopes: readonly string[] | null,
): OidcProvider => ({ ...common, protocol: 'oidc', issuer, scopes: scopes ?? OIDC_SCOPES, anew: ANEW })

export const GITHUB_URL = 'https://github.com'

/** docs.github.com, "Authorizing OAuth apps"; a server of one's own has the API below its own name. */
function github(url: string) {
  const api = url === GITHUB_URL ? 'https://api.github.com' : `${url}/api/v3`
  return {
    protocol: 'oauth',
    issuer: url,
    authorizationEndpoint: `${url}/login/oauth/authorize`,
    tokenEndpoint: `${url}/login/oauth/access_token`,
    userEndpoint: `${api}/user`,
    emailsEndpoint: `${api}/user/emails`,
  } as const
}

/** developers.facebook.com, "Manually Build a Login Flow". It does not say whether an address was verified. */
const FACEBOOK = {
  protocol: 'oauth',
  issuer: 'https://www.facebook.com',
  authorizationEndpoint: 'https://www.facebook.com/dialog/oauth',
  tokenEndpoint: 'https://graph.facebook.com/oauth/access_token',
  userEndpoint: 'https://graph.facebook.com/me?fields=id,name,email',
  emailsEndpoint: null,
  anew: { auth_type: 'reauthenticate' },
} as const
