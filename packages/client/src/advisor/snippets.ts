/** Code to begin with, for what was advised. The names in it (example.com, reports) are there to be replaced. */

import type { Answers } from './answers.ts'
import { holds } from './answers.ts'
import type { CallerKind, Method } from './methods.ts'
import type { Condition } from './questions.ts'

export interface Snippet {
  readonly id: string
  readonly title: string
  readonly language: 'ts' | 'bash'
  readonly code: string
}

interface SnippetRule extends Snippet {
  /** It is shown where one of these is advised; null shows it for every method. */
  readonly methods: readonly Method[] | null
  readonly callers: readonly CallerKind[] | null
  readonly when: Condition
}

/** In the order in which they are needed. */
export function chooseSnippets(
  answers: Answers,
  advised: readonly { readonly caller: CallerKind; readonly method: Method }[],
): readonly Snippet[] {
  return snippetRules
    .filter(({ methods, callers, when }) => {
      const fits = advised.some(
        ({ caller, method }) => (methods?.includes(method) ?? true) && (callers?.includes(caller) ?? true),
      )
      return fits && holds(when, answers)
    })
    .map(({ id, title, language, code }) => ({ id, title, language, code }))
}

const guard = (lines: readonly string[]): string =>
  [
    `import { createVerifier } from '@countersign/verifier'`,
    `import { createGuard } from '@countersign/verifier/hono'`,
    `import { Hono } from 'hono'`,
    '',
    'const verifier = createVerifier({',
    `  issuer: 'https://auth.example.com',`,
    `  audience: 'https://api.example.com',`,
    `  key: \`\${process.env.API_KEY}\`,`,
    '})',
    'const guard = createGuard(verifier)',
    'export const app = new Hono()',
    '',
    ...lines,
    '',
    'await verifier.ready()',
  ].join('\n')

const READ = `app.get('/reports', guard({ permissions: ['reports:read'] }), (c) => c.text(\`For \${c.var.principal.id}\`))`

const snippetRules: readonly SnippetRule[] = [
  {
    id: 'snippet.sign_in',
    methods: ['session'],
    callers: ['browser'],
    when: {},
    title: 'Sign in, on a page',
    language: 'ts',
    code: `import { createClient } from '@countersign/client'

const client = createClient({ baseUrl: 'https://auth.example.com' })
export const signIn = (email: string, password: string) => client.signIn({ email, password })`,
  },
  {
    id: 'snippet.sign_in_jwt',
    methods: ['session_jwt'],
    callers: ['browser'],
    when: {},
    title: 'Sign in, on a page that calls with an access token',
    language: 'ts',
    code: `import { createClient } from '@countersign/client'

const client = createClient({ baseUrl: 'https://auth.example.com' })
export const signIn = (email: string, password: string) =>
  client.signIn({ email, password, deliver: 'jwt', refresh: 'cookie' })`,
  },
  {
    id: 'snippet.app',
    methods: ['jwt_refresh'],
    callers: ['app'],
    when: {},
    title: 'Sign in, in an app',
    language: 'ts',
    code: `import { createClient } from '@countersign/client'
import { saveInKeychain } from './keychain.ts'

export const client = createClient({
  baseUrl: 'https://auth.example.com',
  // Into the keychain of the device, before the next call.
  onTokens: saveInKeychain,
})
export const signIn = (email: string, password: string) => client.signIn({ email, password, deliver: 'jwt' })`,
  },
  {
    id: 'snippet.key',
    methods: ['api_key', 'api_key_jwt'],
    callers: null,
    when: {},
    title: 'Make a key for a program',
    language: 'bash',
    code: `countersign roles create reporting --permission reports:read
countersign service-accounts create --name reporting --role reporting
countersign keys create --service-account "$SERVICE_ACCOUNT" --name nightly --permission reports:read --expires-in 90d --rate-limit 100/1`,
  },
  {
    id: 'snippet.call_with_key',
    methods: ['api_key'],
    callers: null,
    when: {},
    title: 'Call with the key',
    language: 'bash',
    code: `curl -H "X-API-Key: $KEY" https://api.example.com/reports`,
  },
  {
    id: 'snippet.exchange',
    methods: ['api_key_jwt'],
    callers: null,
    when: {},
    title: 'Trade the key for a token',
    language: 'bash',
    code: `curl https://auth.example.com/oauth/token \\
  -d grant_type=urn:ietf:params:oauth:grant-type:token-exchange \\
  -d subject_token_type=urn:countersign:params:oauth:token-type:api-key \\
  -d subject_token="$KEY" -d audience=https://api.example.com`,
  },
  {
    id: 'snippet.guard',
    methods: null,
    callers: null,
    when: { checker: ['verifier'], outage: ['refuse'] },
    title: 'Protect an API',
    language: 'ts',
    code: guard([READ]),
  },
  {
    id: 'snippet.guard_outage',
    methods: null,
    callers: null,
    when: { checker: ['verifier'], outage: ['go_on'] },
    title: 'Protect an API, with one route that goes on without the authority',
    language: 'ts',
    code: guard([
      READ,
      '// Little harm if whoever lost this right minutes ago still sees it.',
      `app.get('/menu', guard({ permissions: ['menu:read'], freshness: 'signature' }), (c) => c.text('Soup.'))`,
    ]),
  },
  {
    id: 'snippet.library',
    methods: null,
    callers: null,
    when: { checker: ['library'] },
    title: 'Check an access token with a JWT library',
    language: 'ts',
    code: `import { createRemoteJWKSet, jwtVerify } from 'jose'

const keys = createRemoteJWKSet(new URL('https://auth.example.com/.well-known/jwks.json'))
export const check = (accessToken: string) =>
  jwtVerify(accessToken, keys, {
    issuer: 'https://auth.example.com',
    audience: 'https://api.example.com',
    typ: 'at+jwt',
    algorithms: ['ES256'],
  })`,
  },
]
