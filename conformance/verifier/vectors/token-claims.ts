/** Tokens that are rightly signed and of which one claim is wrong, and those where it only looks so. */
import { AUDIENCE, ISSUER } from '../fake/credentials.ts'

export type Claims = Readonly<Record<string, unknown>>
export type ClaimsVector = readonly [what: string, claims: Claims]

const now = (): number => Math.floor(Date.now() / 1000)
const without = (name: string): ClaimsVector => [`no ${name}`, { [name]: undefined }]

/** Made when the vector is run, since they name times. */
export const refusedClaims = (): readonly ClaimsVector[] => [
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id', 'scope', 'epoch', 'pos'].map(without),
  ['another issuer', { iss: 'https://issuer.example' }],
  ['the issuer with a slash behind it', { iss: `${ISSUER}/` }],
  ['the issuer in a list', { iss: [ISSUER] }],
  ['another audience', { aud: 'https://pool.example' }],
  ['an audience that begins like ours', { aud: `${AUDIENCE}.example` }],
  ['our audience in other letters', { aud: AUDIENCE.toUpperCase() }],
  ['no audience in its list', { aud: [] }],
  ['an audience that is no text', { aud: [AUDIENCE, 7] }],
  ['audiences in an object', { aud: { 0: AUDIENCE } }],
  ['an end that has passed', { iat: now() - 900, exp: now() - 60 }],
  ['an end that is text', { exp: String(now() + 600) }],
  ['an end that is true', { exp: true }],
  ['an end that is nothing', { exp: null }],
  ['an end in a list', { exp: [now() + 600] }],
  ['an end beyond the longest lifetime', { exp: now() + 3600 + 120 }],
  ['an end beyond all time', { exp: 1e300 }],
  ['a life longer than the longest lifetime', { iat: now() - 3600, exp: now() + 600 }],
  ['a beginning that is to come', { nbf: now() + 120 }],
  ['a beginning that is text', { nbf: String(now() - 10) }],
  ['a beginning that is nothing', { nbf: null }],
  ['issued in the future', { iat: now() + 120 }],
  ['issued at a time that is text', { iat: String(now()) }],
  ['a subject of no kind', { sub: 'somebody' }],
  ['a subject that is a session', { sub: 'ses_00000000000000000000000000' }],
  ['a subject that is too long', { sub: 'acc_000000000000000000000000000' }],
  ['a subject with a line end behind it', { sub: 'acc_00000000000000000000000000\n' }],
  ['an id of no kind', { jti: 'token-1' }],
  ['a client in capitals', { client_id: 'First-Party' }],
  ['a scope that is a list', { scope: ['notes:read'] }],
  ['a scope with two spaces', { scope: 'notes:read  notes:write' }],
  ['a scope that is no permission', { scope: 'notes' }],
  ['an epoch that is empty', { epoch: '' }],
  ['a foreign epoch', { epoch: 'ffffffffffffffffffffffff' }],
  ['a position before the first', { pos: -1 }],
  ['a position between two', { pos: 0.5 }],
  ['a position that is text', { pos: '0' }],
  ['a position that is true', { pos: true }],
  ['a session of no kind', { sid: 'session-1' }],
  ['a session that is nothing', { sid: null }],
  ['a grant that is a session', { gid: 'ses_00000000000000000000000000' }],
  ['an API key of no kind', { akid: 'key-1' }],
  ['roles that are text', { roles: 'member' }],
  ['a role with a space in it', { roles: ['a role'] }],
  ['addresses that are text', { addrs: '127.0.0.1' }],
  ['a block of addresses with bits behind its prefix', { addrs: ['127.0.0.1/8'] }],
  ['an address with leading zeros', { addrs: ['127.0.0.001'] }],
  ['a rate of one number', { rate: [5] }],
  ['a rate of nothing', { rate: [0, 60] }],
  ['resources that are numbers', { resources: [1] }],
  ['a time of signing in that is text', { auth_time: 'today' }],
  ['means of signing in that are text', { amr: 'pwd' }],
  ['a bound key', { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }],
]

export const acceptedClaims = (): readonly ClaimsVector[] => [
  ['nothing changed', {}],
  ['several audiences, one of them ours', { aud: ['https://pool.example', AUDIENCE] }],
  ['a claim that nobody knows', { nobody_knows_this: { deep: [1, 2, { deeper: null }] } }],
  ['a beginning in the past', { nbf: now() - 60 }],
  ['an end that is no whole number', { exp: now() + 600.5 }],
  [
    'no session, grant, roles or means of signing in',
    { sid: undefined, gid: undefined, roles: undefined, amr: undefined },
  ],
  ['no permission at all', { scope: '' }],
  ['a list of addresses with ours in it', { addrs: ['192.0.2.1', '127.0.0.0/8', '::1'] }],
  ['a rate and resources', { rate: [100, 60], resources: ['notes/1'] }],
  ['letters from everywhere in a claim that nobody knows', { note: 'ünï — 𝕮ode, "quoted" \u2028' }],
]
