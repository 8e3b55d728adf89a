/** Something for every list to show, and the address of each page behind the sign-in. */
import { newPerson, signedInElsewhere } from './people.ts'
import type { World } from './world.ts'

/** A service that people may sign in with, so that the page shows its section. Nobody asks it for anything. */
export const PROVIDERS: string = JSON.stringify([
  { kind: 'google', clientId: 'pages', clientSecret: 'pages' },
])

/** Answers the paths of the pages, in the order of the navigation. */
export async function fill(world: World): Promise<readonly string[]> {
  for (const name of ['Anna Bode', 'Carl Dotter', 'Eve Falk']) {
    const person = await newPerson(world, name)
    await signedInElsewhere(world, person)
  }
  const job = await world.admin.serviceAccounts.create({ name: 'night job' })
  await world.admin.apiKeys.create({
    name: 'nightly',
    permissions: ['docs:read'],
    service_account_id: job.id,
  })
  await world.admin.apiKeys.create({ name: 'mine', permissions: ['docs:read', 'docs:write'] })
  await world.admin.clients.create({
    id: 'pool',
    name: 'The pool',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    redirect_uris: ['https://app.example.com/callback'],
    scopes: ['openid'],
  })
  const account = ['', '/security', '/sessions', '/activity', '/applications', '/keys']
  const sections = ['people', 'programs', 'clients', 'roles', 'keys', 'signing-keys', 'risk', 'audit']
  const rest = ['settings', 'start', 'advisor', 'explain', 'risk?view=policy', 'clients/pool']
  const ones = [`people/${world.adminAccount}`, `programs/${job.id}`]
  return [
    ...account.map((path) => `/account${path}`),
    '/console',
    ...[...sections, ...rest, ...ones].map((path) => `/console/${path}`),
  ]
}
