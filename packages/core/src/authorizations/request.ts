/**
 * An authorization request (OAuth 2.1 §4.1.1, OIDC Core §3.1.2.1) and what is wrong with one. Who the client is and
 * where it may be sent back to is found out before: until then nobody is redirected anywhere (RFC 9700 §4.11).
 */
import {
  type Acr,
  acrValues,
  allows,
  type IdentityScope,
  isIdentityScope,
  isPermission,
  isThumbprint,
  PERMISSIONS_MAX,
  type Permission,
} from '@countersign/protocol'
import { parseRequestedClaims, type RequestedClaims } from './requested-claims.ts'

/** As they came in; a parameter without a value is not there (OAuth 2.1 §3.1). */
export type AuthorizationParameters = { readonly [name in ParameterName]?: string | undefined }

export const parameterNames = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'resource',
  'prompt',
  'max_age',
  'acr_values',
  'login_hint',
  'id_token_hint',
  'claims',
  'ui_locales',
  'request',
  'request_uri',
  'registration',
] as const
export type ParameterName = (typeof parameterNames)[number]

export const responseModes = ['query', 'form_post'] as const
export type ResponseMode = (typeof responseModes)[number]

export const prompts = ['none', 'login', 'consent', 'select_account'] as const
export type Prompt = (typeof prompts)[number]

export interface AuthorizationRequest {
  readonly permissions: readonly Permission[]
  readonly identityScopes: readonly IdentityScope[]
  /** What the tokens are to be for; empty leaves it to the client's registration. */
  readonly audiences: readonly string[]
  readonly nonce: string | null
  readonly codeChallenge: string | null
  readonly dpopJkt: string | null
  readonly prompts: ReadonlySet<Prompt>
  readonly maxAgeSeconds: number | null
  /** The weakest level that was asked for, if any: a wish and no demand (OIDC Core §3.1.2.1). */
  readonly acrWanted: Acr | null
  readonly idTokenHint: string | null
  /** Of these levels one must be reached; empty for none (OIDC Core §5.5.1.1). */
  readonly acrEssential: readonly Acr[] | 'unknown'
  /** The very person who is meant, as `claims` says. */
  readonly subject: string | null
}

/** RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6, RFC 8707 §2. */
export type AuthorizationError =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'access_denied'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'login_required'
  | 'consent_required'
  | 'unmet_authentication_requirements'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'registration_not_supported'

export interface RequestMistake {
  readonly error: AuthorizationError
  /** The parameter to blame: one of our names for them, never what was sent. */
  readonly parameter: ParameterName
  readonly description: string
}

/** What of the client's registration counts here. */
export interface Asker {
  readonly mayUseCodes: boolean
  /** Whether a code without PKCE is given at all. */
  readonly mayOmitPkce: boolean
  readonly scopes: readonly string[]
}

type Read =
  | { readonly ok: true; readonly request: AuthorizationRequest }
  | ({ readonly ok: false } & RequestMistake)

export function readAuthorizationRequest(asker: Asker, parameters: AuthorizationParameters): Read {
  const mistake =
    formMistake(asker, parameters) ??
    challengeMistake(asker, parameters) ??
    keyMistake(parameters) ??
    promptMistake(parameters)
  if (mistake !== null) return { ok: false, ...mistake }
  const words = wordsOf(parameters.scope)
  const claims = parameters.claims === undefined ? noClaims : parseRequestedClaims(parameters.claims)
  if (claims === null) {
    return {
      ok: false,
      ...toMistake('invalid_request', 'claims', 'The claims are no request of OIDC Core §5.5.'),
    }
  }
  // Without `openid` there is nobody whose claims could be told (OIDC Core §5.5).
  const claimed = words.includes('openid')
    ? claims.identityScopes.filter((one) => asker.scopes.includes(one))
    : []
  if (words.length > PERMISSIONS_MAX || !words.every((word) => mayAskFor(asker, word))) {
    const text = 'The scope is malformed, or more than this client may ask for.'
    return { ok: false, ...toMistake('invalid_scope', 'scope', text) }
  }
  return {
    ok: true,
    request: {
      permissions: words.filter(isPermission),
      identityScopes: [...new Set([...words.filter(isIdentityScope), ...claimed])],
      audiences: parameters.resource === undefined ? [] : [parameters.resource],
      nonce: parameters.nonce ?? null,
      codeChallenge: parameters.code_challenge ?? null,
      dpopJkt: parameters.dpop_jkt ?? null,
      prompts: new Set(wordsOf(parameters.prompt).filter(isPrompt)),
      maxAgeSeconds: parameters.max_age === undefined ? null : Number(parameters.max_age),
      acrWanted: weakestOf(wordsOf(parameters.acr_values)),
      idTokenHint: parameters.id_token_hint ?? null,
      acrEssential: claims.acrEssential,
      subject: claims.subject,
    },
  }
}

const noClaims: RequestedClaims = { identityScopes: [], acrEssential: [], subject: null }

const wordsOf = (text: string | undefined): readonly string[] =>
  text === undefined ? [] : [...new Set(text.split(' '))]

const isPrompt = (word: string): word is Prompt => prompts.some((prompt) => prompt === word)

const toMistake = (
  error: AuthorizationError,
  parameter: ParameterName,
  description: string,
): RequestMistake => ({ error, parameter, description })

function formMistake(asker: Asker, parameters: AuthorizationParameters): RequestMistake | null {
  const { response_type: type, response_mode: mode, nonce, state } = parameters
  if (parameters.request !== undefined)
    return toMistake('request_not_supported', 'request', 'Request objects are not taken here.')
  if (parameters.request_uri !== undefined)
    return toMistake('request_uri_not_supported', 'request_uri', 'Request URIs are not taken here.')
  if (parameters.registration !== undefined)
    return toMistake('registration_not_supported', 'registration', 'Clients are registered beforehand.')
  if (type === undefined)
    return toMistake('invalid_request', 'response_type', 'The parameter response_type is missing.')
  if (type !== 'code')
    return toMistake('unsupported_response_type', 'response_type', 'The only response type is code.')
  if (!asker.mayUseCodes)
    return toMistake('unauthorized_client', 'client_id', 'This client is not registered for this grant.')
  if (mode !== undefined && !responseModes.some((one) => one === mode))
    return toMistake('invalid_request', 'response_mode', 'The response mode is query or form_post.')
  for (const [name, value] of [
    ['nonce', nonce],
    ['state', state],
  ] as const) {
    if ((value ?? '').length > TEXT_CHARACTERS_MAX)
      return toMistake('invalid_request', name, `At most ${TEXT_CHARACTERS_MAX} characters.`)
  }
  return null
}

const TEXT_CHARACTERS_MAX = 1024
/** RFC 7636 §4.2: the base64url of a SHA-256. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/

/** OAuth 2.1 §7.5.1: S256 and nothing else; a method that is left out would mean `plain` (RFC 7636 §4.3). */
function challengeMistake(asker: Asker, parameters: AuthorizationParameters): RequestMistake | null {
  const { code_challenge: challenge, code_challenge_method: method } = parameters
  if (challenge === undefined) {
    if (method === undefined && asker.mayOmitPkce) return null
    return toMistake('invalid_request', 'code_challenge', 'The parameter code_challenge is missing.')
  }
  if (method !== 'S256')
    return toMistake('invalid_request', 'code_challenge_method', 'The code_challenge_method is S256.')
  return CHALLENGE.test(challenge)
    ? null
    : toMistake('invalid_request', 'code_challenge', 'The code_challenge is the base64url of a SHA-256.')
}

function keyMistake({ dpop_jkt: jkt }: AuthorizationParameters): RequestMistake | null {
  if (jkt === undefined || isThumbprint(jkt)) return null
  return toMistake('invalid_request', 'dpop_jkt', 'The dpop_jkt is the base64url of a SHA-256.')
}

const SECONDS = /^\d{1,9}$/

function promptMistake({ prompt, max_age: maxAge }: AuthorizationParameters): RequestMistake | null {
  const words = wordsOf(prompt)
  if (!words.every(isPrompt) || (words.includes('none') && words.length > 1))
    return toMistake('invalid_request', 'prompt', 'The prompt is unknown, or says none among others.')
  if (maxAge !== undefined && !SECONDS.test(maxAge))
    return toMistake('invalid_request', 'max_age', 'The parameter max_age is a number of seconds.')
  return null
}

function mayAskFor({ scopes }: Asker, word: string): boolean {
  return isIdentityScope(word) ? scopes.includes(word) : isPermission(word) && allows(scopes, word)
}

/** Words that we do not know are passed over, as every `acr_values` is a wish. */
function weakestOf(words: readonly string[]): Acr | null {
  return acrValues.find((acr) => words.includes(acr)) ?? null
}
