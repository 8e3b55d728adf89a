/** Who and what the pictures show: a sports club with its people, programs and apps. Names are short, long, and of many languages. */
import type { CreateClientRequest, IdentityShape, ProviderShape } from '@countersign/protocol'

export const PASSWORD = 'seven quiet otters by the lake'

export const roles = [
  {
    id: 'coach',
    description: 'Plans lessons and keeps their lists.',
    permissions: ['lessons:read', 'lessons:write', 'members:read'],
  },
  {
    id: 'front-desk',
    description: 'Opens doors, sells tickets, looks members up.',
    permissions: ['doors:open', 'members:read', 'tickets:sell'],
  },
  {
    id: 'treasurer',
    description: 'Reads what was sold and pays invoices.',
    permissions: ['invoices:read', 'invoices:pay', 'tickets:read'],
  },
  {
    id: 'auditor',
    description: 'Reads the log of everything, and nothing else.',
    permissions: ['audit:read'],
  },
  { id: 'swimmer', description: 'Comes in, and books lanes.', permissions: ['doors:open', 'lanes:book'] },
] as const

/** Name, address before the at sign, role. */
export const people = [
  ['Grace Hopper', 'grace', 'coach'],
  ['Edith Clarke', 'edith.clarke', 'treasurer'],
  ['Aleksandra Wiśniewska-Kowalczyk', 'aleksandra.wisniewska-kowalczyk', 'front-desk'],
  ['Jean-Baptiste Emmanuel Zorg de la Rochefoucauld', 'jean-baptiste.de-la-rochefoucauld', 'coach'],
  ['Nguyễn Thị Minh Khai', 'minh.khai', 'coach'],
  ['José Ángel Núñez', 'jose', 'front-desk'],
  ['Yūki Tanaka', 'yuki', 'swimmer'],
  ['Søren Ødegård', 'soren', 'swimmer'],
  ['Mohammed Al-Farsi', 'm.alfarsi', 'treasurer'],
  ['Oluwaseun Adebayo', 'seun', 'swimmer'],
  ['Hedy Lamarr', 'hedy', 'auditor'],
  ['Katherine Johnson', 'k.johnson', 'coach'],
  ['Radia Perlman', 'radia', 'front-desk'],
  ['Ines Weber', 'ines', 'swimmer'],
  ['Bo Li', 'bo', 'swimmer'],
  ['Margaret Hamilton', 'margaret', 'swimmer'],
  ['Tomáš Dvořák', 'tomas', 'swimmer'],
  ['Zoë Quinn', 'zoe', 'swimmer'],
] as const

export const programs = [
  { name: 'Booking API', permissions: ['revocations:read', 'credentials:introspect', 'lanes:book'] },
  { name: 'Turnstile gateway', permissions: ['revocations:read', 'doors:open'] },
  {
    name: 'Nightly export to the data warehouse of the federation',
    permissions: ['audit:read', 'members:read'],
  },
  { name: 'Payment webhooks', permissions: ['invoices:pay', 'invoices:read'] },
] as const

const web = {
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code', 'refresh_token'],
} as const

export const clients: readonly CreateClientRequest[] = [
  {
    ...web,
    grant_types: [...web.grant_types],
    id: 'members-site',
    name: 'Members’ site',
    redirect_uris: [
      'https://members.riverside.example/callback',
      'https://staging.members.riverside.example/auth/callback',
    ],
    post_logout_redirect_uris: ['https://members.riverside.example/bye'],
    policy_uri: 'https://riverside.example/privacy',
    scopes: ['openid', 'profile', 'email', 'offline_access', 'lanes:book'],
  },
  {
    id: 'pool-app',
    name: 'The pool on your phone',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: ['com.riverside.pool:/callback', 'http://127.0.0.1/callback'],
    scopes: ['openid', 'profile', 'lanes:book'],
  },
  {
    ...web,
    grant_types: [...web.grant_types],
    id: 'regional-federation-of-rowing-and-swimming-clubs',
    name: 'Regional federation of rowing and swimming clubs, results service',
    redirect_uris: ['https://results.federation.example/oauth/callback'],
    scopes: ['openid', 'email'],
  },
]

const google: ProviderShape = { id: 'google', name: 'Google' }
const federation: ProviderShape = { id: 'federation', name: 'Regional federation of rowing clubs' }

/** Services that they may sign in with, and what one of them has connected. */
export const providers: readonly ProviderShape[] = [
  google,
  { id: 'microsoft', name: 'Microsoft' },
  { id: 'github', name: 'GitHub' },
  federation,
]
export const identities: readonly IdentityShape[] = [
  {
    id: 'idn_01m738as40m92r0xmszamvzywc',
    provider: google,
    label: 'grace.brewster.murray.hopper.of.the.club@googlemail.example',
    created_at: '2026-01-14T09:30:00.000Z',
    last_used_at: '2026-03-02T18:05:00.000Z',
  },
  {
    id: 'idn_01m738as40m92r0xmszamvzyxd',
    provider: federation,
    label: null,
    created_at: '2026-02-20T11:00:00.000Z',
    last_used_at: null,
  },
]

/** Addresses and browsers that people come from; the last two are where nobody of them lives. */
export const places = [
  {
    address: '203.0.113.7',
    agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  },
  {
    address: '203.0.113.90',
    agent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
  },
  {
    address: '2001:db8:31:7::42',
    agent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  },
] as const
export const strangers = [
  {
    address: '198.51.100.9',
    agent:
      'Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
  },
  { address: '192.0.2.44', agent: 'python-requests/2.32.3' },
] as const
