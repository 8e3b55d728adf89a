// Writes docs/security/pathways.md from the route table: every way in, with what it accepts (ASVS 6.1.3). Run it after a change of
// the table: npm exec -- node --conditions=source tools/docs/pathways.ts

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { routes } from '@countersign/server'
import { ROOT } from './markdown.ts'

export const PATHWAYS_FILE = 'docs/security/pathways.md'

/** The parts of a route that matter here. */
export interface PathwayRoute {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly access: 'public' | 'credential' | { readonly permission: string }
  readonly limit?: string | undefined
  readonly stepUp?: { readonly maxAgeSeconds: number } | undefined
}

/**
 * What routes accept besides the credential of the caller. A public route must stand here, if only with null: whoever adds one has
 * to say what a stranger can try on it.
 */
const ACCEPTED: Readonly<Record<string, string | null>> = {
  sign_up: 'nothing; sets a password',
  sign_in: 'an e-mail address and a password',
  sign_in_factor: 'a ticket of a sign-in, and a TOTP code, the answer of a passkey or a recovery code',
  sign_in_enrol_totp: 'a ticket of a sign-in that has to enrol a factor',
  sign_in_enrol_passkey: 'a ticket of a sign-in that has to enrol a factor',
  list_principal_names: 'with `accounts:read` or `service-accounts:read`, each for its own kind',
  sign_in_passkey_options: null,
  sign_in_passkey: 'the answer of a passkey to a challenge, with the person verified',
  sign_in_factor_passkey_options: 'a ticket of a sign-in',
  sign_in_new_password: 'a ticket of a sign-in whose password has to be changed; sets a new one',
  complete_setup: 'the ticket of the set-up link; sets a password',
  authorize: null,
  authorize_by_form: null,
  push_authorization_request: 'a client’s secret or signed assertion',
  login_page: null,
  forgot_password_page: null,
  forgot_password: null,
  sign_up_page: null,
  sign_up_by_page: 'nothing; sets a password, in a form of our own page',
  wait_script: null,
  passkey_script: null,
  login: 'an e-mail address and a password, in a form of our own page',
  login_passkey: 'the answer of a passkey, with the person verified, in a form of our own page',
  login_factor:
    'a ticket of a sign-in with a TOTP code, the answer of a passkey or a recovery code, in a form of our own page',
  login_by_provider: null,
  provider_answer: 'the answer of a provider that this browser was sent to, whose code is redeemed there',
  login_new_password:
    'a ticket of a sign-in whose password has to be changed, in a form of our own page; sets a new one',
  consent_page: null,
  consent: 'the session cookie and the answer, in a form of our own page',
  end_session: null,
  end_session_by_form: null,
  confirm_end_session: 'the session cookie, in a form of our own page; signs out',
  device_authorization: 'a client’s secret or signed assertion',
  device_page: null,
  device: 'the session cookie and the code that a device shows, in a form of our own page',
  device_decision: 'the session cookie and the answer, in a form of our own page',
  form_post_script: null,
  userinfo: 'an access token of a client that was given `openid`',
  userinfo_by_post: 'the same',
  token:
    'an authorization code, a device code, a refresh token, an API key to exchange, or a client’s secret or signed assertion',
  revoke_token: 'any credential, which is then ended; and a client’s secret or signed assertion',
  introspect:
    'or a confidential client’s secret or signed assertion; and any credential in the form, to be told about',
  verify: 'and any credential in the body, to be told about',
  revoke: 'and any credential in the body, which is then ended',
  confirm_sign_up: 'the ticket of a link in a mail, and the password of that sign-up',
  accept_invitation: 'the ticket of a link in a mail; sets a password',
  request_password_reset: 'nothing; sends a link to the address, if it is somebody’s',
  complete_password_reset: 'the ticket of a link in a mail; sets a password',
  confirm_email_change: 'the ticket of a link in a mail, and the password of the account',
  confirm_email: 'the ticket of a link in a mail',
  confirm_email_page: null,
  verify_email_page: null,
  not_me_page: null,
  not_me: 'the ticket of a link in a mail; ends a session, and the password',
  create_account: 'and sets a password',
  complete_step_up:
    'and a ticket of this session with a TOTP code, the answer of a passkey, a recovery code or the password',
  step_up_passkey_options: 'and a ticket of this session',
  connect_own_identity: 'and, by way of the browser, the answer of a provider',
  add_own_passkey: 'and a new passkey’s answer to a challenge of this session',
  register_client: 'an initial access token, or nothing where registration is open; makes a client’s secret',
  create_initial_access_token: 'and makes a token that lets clients register themselves',
  create_client: 'and makes a client’s secret',
  rotate_client_secret: 'and makes a client’s secret',
  confirm_own_factor: 'and the first code of the factor',
  change_own_password: 'and the current password; sets a new one',
  check_password: null,
  jwks: null,
  authorization_server_metadata: null,
  openid_configuration: null,
  protected_resource_metadata: null,
  healthz: null,
  readyz: null,
  openapi: null,
  metrics: null,
  start_page: null,
  page_style: null,
  brand_style: null,
  brand_logo: null,
  sign_in_page: null,
  account_page: null,
  account_section_page: null,
  console_page: null,
  console_section_page: null,
  console_item_page: null,
  console_file: null,
  setup_page: null,
  link_script: null,
  reset_page: null,
  confirm_sign_up_page: null,
  invitation_page: null,
  error_page: null,
  dev_mail: null,
  dev_mail_message: null,
  dev_mail_html: null,
}

/** The page. Throws for a public route that nobody has described, and for a description without a route. */
export function describePathways(table: readonly PathwayRoute[]): string {
  const names = new Set(table.map(({ name }) => name))
  const stale = Object.keys(ACCEPTED).filter((name) => !names.has(name))
  if (stale.length > 0) throw new Error(`There is no route ${stale.join(', ')}; take it out of ACCEPTED.`)
  const open = table.filter(({ access }) => access === 'public')
  const secret = open.filter((route) => acceptedBy(route) !== null)
  const harmless = open.filter((route) => acceptedBy(route) === null)
  const known = table.filter(({ access }) => access !== 'public')
  return [
    INTRODUCTION,
    '## For strangers, with a secret in the body\n',
    toTable(
      ['endpoint', 'accepts', 'limit'],
      secret.map((route) => [toEndpoint(route), `${acceptedBy(route)}`, toLimit(route)]),
    ),
    '## For strangers, without any secret\n',
    `${harmless.map(toEndpoint).join(', ')}\n`,
    '## For known callers\n',
    'A session token (cookie or header), an access token or an API key, with the permission that is named. Without one, the rule is the endpoint’s own: mostly that it is about oneself.\n',
    toTable(
      ['endpoint', 'what for', 'needs'],
      known.map((route) => [toEndpoint(route), route.summary, toNeed(route)]),
    ),
  ].join('\n')
}

const INTRODUCTION = `<!-- Written by tools/docs/pathways.ts. Change the route table or that file. -->

# Documented pathways

Every endpoint of this version, and what can be tried on it. The list is made from the route table, and a test fails when the two differ.

| what is presented | strength | where it is checked |
|---|---|---|
| password | one factor, 15 characters or more; limited by network and account, with waits that grow after five failures in a row, and a hundred at most | \`POST /v1/sign-in\` |
| session token, refresh token, API key | 256 random bits, compared with a keyed digest | [decide.ts](../../packages/core/src/doors/decide.ts), [refresh.ts](../../packages/core/src/doors/refresh.ts) |
| access token | a signature of ES256, EdDSA, RS256 or HS256, and the revocation set | [check.ts](../../packages/verifier/src/check.ts) |
| ticket of a sign-in or step-up | 256 random bits, one use, ten minutes, five tries, and worth nothing without the factor | [tickets.ts](../../packages/core/src/doors/tickets.ts) |
| ticket for another password | 256 random bits, one use, ten minutes, twenty tries, after everything else was proved | [password-sign-in.ts](../../packages/core/src/doors/password-sign-in.ts) |
| link of “this wasn’t me” | 256 random bits, one use, a week; ends things, and opens nothing | [not-me.ts](../../packages/core/src/doors/not-me.ts) |
| TOTP code | six digits of 30 seconds, each step once; closed after 100 failures in a row | [totp.ts](../../packages/server/src/adapters/totp.ts) |
| passkey | a signature over a challenge of 256 random bits, one use, five minutes, for exactly these pages; alone only where the device has asked who it is | [passkey-sign-in.ts](../../packages/core/src/doors/passkey-sign-in.ts), [webauthn.ts](../../packages/server/src/adapters/webauthn.ts) |
| answer of a provider | one factor: a code that is redeemed with the client’s secret and a verifier (RFC 7636), and an ID token with signature and nonce, or the provider’s own word; with a state sealed for this browser and provider, one use, a quarter of an hour | [client.ts](../../packages/server/src/providers/client.ts), [attempt.ts](../../packages/server/src/providers/attempt.ts), [provider-sign-in.ts](../../packages/core/src/doors/provider-sign-in.ts) |
| recovery code | 75 random bits, one use, Argon2id | [recovery-codes.ts](../../packages/core/src/factors/recovery-codes.ts) |
| ticket of a link that resets a password | 256 random bits, one use, half an hour; the second factor is asked for afterwards all the same | [password-reset.ts](../../packages/core/src/doors/password-reset.ts) |
| ticket of the set-up link | 256 random bits, one use, one hour, only while there is no administrator | [setup.ts](../../packages/core/src/doors/setup.ts) |

There is no other way in: no default account, no recovery by questions, no back door for support. The commands \`bootstrap\`, \`migrate\` and \`new-epoch\` work on the database itself, so whoever may read the data folder needs no pathway.
`

function acceptedBy({ name, method, path }: PathwayRoute): string | null {
  const accepted = ACCEPTED[name]
  if (accepted === undefined)
    throw new Error(`${method} ${path} is open to strangers: say in ACCEPTED what it accepts.`)
  return accepted
}

const toEndpoint = ({ method, path }: PathwayRoute): string =>
  `\`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}\``

const toLimit = ({ limit }: PathwayRoute): string => (limit === undefined ? 'none' : `\`${limit}\``)

function toNeed({ name, access, stepUp }: PathwayRoute): string {
  const held = typeof access === 'object' ? `\`${access.permission}\`` : 'any credential'
  const need =
    stepUp === undefined
      ? held
      : `${held}, and a proof of who it is in the last ${stepUp.maxAgeSeconds / 60} minutes`
  const more = ACCEPTED[name] ?? null
  return more === null ? need : `${need}, ${more}`
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
}

if (import.meta.main) writeFileSync(join(ROOT, PATHWAYS_FILE), describePathways(routes))
