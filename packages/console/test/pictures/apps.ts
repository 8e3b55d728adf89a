/** The apps that people are asked about: a plain one, one that shows everything, and one that nobody has looked at. */
import assert from 'node:assert/strict'
import type { Register } from '../app.ts'

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const GRANTS = ['authorization_code', 'refresh_token']

export const plain: object = { grant_types: [...GRANTS, DEVICE_GRANT] }

/** Where its logo lies; nothing of it is fetched, the test answers. */
export const LOGO = 'https://lanes.example/logo.svg'

const IDENTITY = ['openid', 'profile', 'email', 'offline_access']
const PERMISSIONS = ['accounts:read', 'audit:read', 'swimming_lessons:write', 'lanes:read']
export const RICH_SCOPE: string = [...IDENTITY, ...PERMISSIONS].join(' ')

/** As long as names get, many scopes, a logo and two links. */
export const rich: object = {
  name: 'Schwimmbahnreservierungsverwaltung der Städtischen Bäder und Freizeitanlagen Lüneburger Heide',
  scopes: [...IDENTITY, ...PERMISSIONS],
  logo_uri: LOGO,
  policy_uri: 'https://lanes.example/privacy',
  tos_uri: 'https://lanes.example/terms',
}

/** RFC 7591 §3.1, without a token. */
export const registersItself: Register = async ({ url }, redirectUri) => {
  const answer = await fetch(`${url}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Totally Official Account Helper',
      redirect_uris: [redirectUri],
      grant_types: GRANTS,
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      scope: 'openid email',
    }),
  })
  const made: unknown = await answer.json()
  assert.ok(typeof made === 'object' && made !== null && 'client_id' in made)
  assert.ok(typeof made.client_id === 'string', JSON.stringify(made))
  return made.client_id
}
