/** The ways to call an API, and the rules that give each kind of caller one of them: the first that holds decides. */
import type { ChoiceId, Condition } from './questions.ts'

export type CallerKind = ChoiceId<'callers'>
export type Method = 'session' | 'session_jwt' | 'jwt_refresh' | 'jwt' | 'api_key' | 'api_key_jwt'

export interface MethodFacts {
  readonly name: string
  /** How it travels, in one sentence. */
  readonly how: string
  /** What it costs whoever takes it. */
  readonly cost: string
}

export const methods: Readonly<Record<Method, MethodFacts>> = {
  session: {
    name: 'Session',
    how: 'A cookie that no script can read; the API keeps in memory what it has seen before.',
    cost: 'It reaches hosts of one site only, and changes by cookie need protection against other sites’ pages, which the guard gives.',
  },
  session_jwt: {
    name: 'Session + JWT',
    how: 'A cookie holds the refresh token where only the authority sees it; pages call with an access token of minutes that stands for the session.',
    cost: 'Pages have to keep the access token in memory and refresh it; the client library does both.',
  },
  jwt_refresh: {
    name: 'JWT + refresh token',
    how: 'An access token of minutes for each call, and a refresh token that works once to get the next one.',
    cost: 'The refresh token must be kept safe on the caller’s side, and two of its uses must not race; the client library sees to it.',
  },
  jwt: {
    name: 'JWT',
    how: 'An access token of minutes, asked for again with the client’s own credentials.',
    cost: 'A client has to be registered, and its secret or private key kept.',
  },
  api_key: {
    name: 'API key',
    how: 'One secret in a header of each request, with permissions, addresses and limits of its own.',
    cost: 'It travels with every request and lives until somebody ends it: give it an expiry, and rotate it.',
  },
  api_key_jwt: {
    name: 'API key + JWT',
    how: 'The key goes to the authority alone, which trades it for an access token of minutes.',
    cost: 'One more request every few minutes.',
  },
}

export interface MethodRule {
  readonly id: string
  readonly caller: CallerKind
  readonly when: Condition
  readonly method: Method
  /** Why this one, where it is chosen. */
  readonly reason: string
  /** When to take it, where it is not. */
  readonly instead: string
}

export const methodRules: readonly MethodRule[] = [
  {
    id: 'browser.other_sites',
    caller: 'browser',
    when: { pages: ['other_sites'] },
    method: 'jwt_refresh',
    reason:
      'Browsers keep cookies of other sites from your pages. Each site’s own server runs the authorization code flow, keeps the tokens, and gives its pages a cookie of its own.',
    instead: 'Take it when pages live on domains of their own.',
  },
  {
    id: 'browser.library',
    caller: 'browser',
    when: { checker: ['library'] },
    method: 'session_jwt',
    reason:
      'A library that knows nothing but JWTs can check the access token, and the session behind it still ends everything.',
    instead: 'Take it when an API checks with a plain JWT library.',
  },
  {
    id: 'browser.outage',
    caller: 'browser',
    when: { outage: ['go_on'] },
    method: 'session_jwt',
    reason:
      'An access token can be checked by its signature alone; a session is only known to whoever has asked.',
    instead: 'Take it when an API has to go on without the authority.',
  },
  {
    id: 'browser.session',
    caller: 'browser',
    when: {},
    method: 'session',
    reason: 'Nothing to refresh and nothing for a script to steal; with the verifier it is as fast as a JWT.',
    instead: 'Take it when pages and API share a site and the API runs a verifier.',
  },
  {
    id: 'app.jwt_refresh',
    caller: 'app',
    when: {},
    method: 'jwt_refresh',
    reason:
      'People stay signed in for weeks, while what travels with each call is good for minutes, and a refresh token that was copied gives itself away.',
    instead: 'Take it when an app keeps people signed in.',
  },
  {
    id: 'service.oauth',
    caller: 'service',
    when: { programs: ['oauth'] },
    method: 'jwt',
    reason:
      'Client credentials are what OAuth libraries know; the program never holds anything longer than minutes but its own secret.',
    instead: 'Take it when programs use OAuth libraries.',
  },
  {
    id: 'service.exchange',
    caller: 'service',
    when: { programs: ['exchange'] },
    method: 'api_key_jwt',
    reason: 'The key does not pass through the APIs, and each of them checks the token by itself.',
    instead: 'Take it when programs call often, or several APIs.',
  },
  {
    id: 'service.library',
    caller: 'service',
    when: { checker: ['library'] },
    method: 'api_key_jwt',
    reason: 'A JWT library cannot check a key; it can check the token that the key was traded for.',
    instead: 'Take it when an API checks with a plain JWT library.',
  },
  {
    id: 'service.outage',
    caller: 'service',
    when: { outage: ['go_on'] },
    method: 'api_key_jwt',
    reason: 'An access token can be checked by its signature alone, a key cannot.',
    instead: 'Take it when an API has to go on without the authority.',
  },
  {
    id: 'service.api_key',
    caller: 'service',
    when: {},
    method: 'api_key',
    reason:
      'One header and no protocol; the key is bound to a service account, so it survives whoever made it.',
    instead: 'Take it when a program calls one API that runs a verifier.',
  },
  {
    id: 'partner.oauth',
    caller: 'partner',
    when: { programs: ['oauth'] },
    method: 'jwt',
    reason:
      'Customers bring their own OAuth library and register a client; nothing long-lived reaches your APIs.',
    instead: 'Take it when customers use OAuth libraries.',
  },
  {
    id: 'partner.exchange',
    caller: 'partner',
    when: { programs: ['exchange'] },
    method: 'api_key_jwt',
    reason: 'Customers keep one key, and your APIs only ever see tokens of minutes.',
    instead: 'Take it when customers call often, or several APIs.',
  },
  {
    id: 'partner.library',
    caller: 'partner',
    when: { checker: ['library'] },
    method: 'api_key_jwt',
    reason: 'A JWT library cannot check a key; it can check the token that the key was traded for.',
    instead: 'Take it when an API checks with a plain JWT library.',
  },
  {
    id: 'partner.outage',
    caller: 'partner',
    when: { outage: ['go_on'] },
    method: 'api_key_jwt',
    reason: 'An access token can be checked by its signature alone, a key cannot.',
    instead: 'Take it when an API has to go on without the authority.',
  },
  {
    id: 'partner.api_key',
    caller: 'partner',
    when: {},
    method: 'api_key',
    reason:
      'Customers can use it from any language in a minute; permissions, addresses and a limit keep it small.',
    instead: 'Take it when customers want to start in a minute.',
  },
  {
    id: 'site.jwt_refresh',
    caller: 'site',
    when: {},
    method: 'jwt_refresh',
    reason:
      'OpenID Connect is what other sites speak already: people sign in here, and the site gets tokens for what was agreed to.',
    instead: 'Take it when a site of somebody else lets your people in.',
  },
]
