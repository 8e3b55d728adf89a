/** A month in the life of the club, lived through the API: what the lists, charts and logs of the pictures are made of. */
import { type Client, createClient, Secret } from '@countersign/client'
import { openPast, type Past } from '@countersign/tools/past'
import { ADMIN, type Beginning } from '../world.ts'
import { clients, PASSWORD, people, places, programs, roles, strangers } from './company.ts'

const DAY = 86_400
/** The last day that is lived by the hour ends before what happened lately. */
const NIGHT = 6 * 3600
/** Shares of an hour's sign-ins by the hour of the day: a quiet night, a morning, an evening. */
const SIGN_INS = [0, 0, 0, 0, 0, 0, 1, 2, 3, 2, 1, 1, 2, 1, 1, 1, 2, 4, 3, 2, 1, 1, 0, 0]

/** `busyDays` are lived hour by hour: each costs a second or two, since passwords are slow to check. */
export const aMonth =
  (busyDays: number): Beginning =>
  async (data, settings) => {
    const past = await openPast({ data, settings, days: 30, administrator: ADMIN })
    try {
      const admin = createClient({
        baseUrl: past.baseUrl,
        fetch: past.fetch,
        credential: { apiKey: past.secret },
      })
      await settle(past, admin)
      for (let day = busyDays; day >= 1; day -= 1) await live(past, day)
      await lately(past, admin)
      return { account: past.account, secret: past.secret }
    } finally {
      await past.close()
    }
  }

/** The first days: roles, people, programs with keys, apps. */
async function settle(past: Past, admin: Client): Promise<void> {
  for (const { id, description, permissions } of roles)
    await admin.roles.create({ id, description, permissions: [...permissions] })
  past.goTo(29 * DAY)
  for (const [name, box, role] of people) {
    past.goTo(29 * DAY - 600)
    await admin.accounts.create({
      name,
      email: addressOf(box),
      password: new Secret(PASSWORD),
      roles: [role],
      requirePasswordChange: false,
    })
  }
  for (const { name, permissions } of programs) await makeProgram(admin, name, permissions)
  past.goTo(27 * DAY)
  for (const client of clients) await admin.clients.create(client)
  const [gateway] = (await admin.serviceAccounts.list()).items.filter(
    ({ name }) => name === 'Turnstile gateway',
  )
  if (gateway === undefined) throw new Error('There is no gateway.')
  await admin.clients.create({
    id: 'turnstiles',
    name: 'Turnstiles',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    scopes: ['doors:open'],
    service_account_id: gateway.id,
  })
  past.goTo(16 * DAY)
  await admin.signingKeys.rotate(true)
}

async function makeProgram(admin: Client, name: string, permissions: readonly string[]): Promise<void> {
  const role = name.toLowerCase().split(' ').slice(0, 2).join('-')
  await admin.roles.create({
    id: role,
    description: `What the program “${name}” needs.`,
    permissions: [...permissions],
  })
  const owner = await admin.serviceAccounts.create({ name, roles: [role] })
  const common = { permissions: [...permissions], service_account_id: owner.id }
  await admin.apiKeys.create({
    ...common,
    name: `${name.split(' ')[0]?.toLowerCase()} in production`,
    expires_in: 90 * DAY,
  })
  await admin.apiKeys.create({ ...common, name: 'staging', allow_addresses: ['203.0.113.0/24'] })
}

/** One day: people come, some mistype, and a program works through the night. */
async function live(past: Past, day: number): Promise<void> {
  for (const [hour, count] of SIGN_INS.entries()) {
    past.goTo((day - 1) * DAY + (23 - hour) * 3600 + NIGHT)
    for (let index = 0; index < count; index += 1) await comeIn(past, (day * 7 + hour * 3 + index) % 12)
    if (hour % 9 === 8)
      await signIn(past, hour % people.length, { ...places[0], password: 'not this one at all' })
  }
}

const comeIn = (past: Past, who: number): Promise<Response> =>
  signIn(past, who, { ...(places[who % places.length] ?? places[0]), password: PASSWORD })

/** The last hours: a stranger and a script with Grace’s password, somebody disabled, invitations, a role that changed. */
async function lately(past: Past, admin: Client): Promise<void> {
  past.goTo(5 * 3600)
  for (let turn = 0; turn < 12; turn += 1) await signIn(past, 0, { ...places[0], password: PASSWORD })
  past.goTo(4 * 3600)
  for (const stranger of strangers) await signIn(past, 0, { ...stranger, password: PASSWORD })
  past.goTo(3 * 3600)
  await admin.invitations.send({ email: 'bertrand.meyer@example.com', roles: ['coach'] })
  await admin.invitations.send({
    email: 'a.very.long.address.of.somebody@mail.regional-federation.example',
    roles: ['swimmer'],
  })
  past.goTo(2 * 3600)
  const [zoe] = (await admin.accounts.list({ email: addressOf('zoe') })).items
  if (zoe !== undefined) await admin.accounts.change(zoe.id, { disabled: true })
  const key = (await admin.apiKeys.list({ owner: 'all' })).items.find(
    ({ name }) => name === 'payment in production',
  )
  if (key !== undefined) await admin.apiKeys.rotate(key.id, DAY)
  past.goTo(1800)
  await admin.signingKeys.rotate(false)
  past.goTo(60)
}

export const addressOf = (box: string): string => `${box}@riverside.example`

async function signIn(
  past: Past,
  who: number,
  {
    address,
    agent,
    password,
  }: { readonly address: string; readonly agent: string; readonly password: string },
): Promise<Response> {
  const [, box] = people[who] ?? people[0]
  return await past.fetch(`${past.baseUrl}/v1/sign-in`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': agent,
      'x-forwarded-for': address,
      'x-forwarded-proto': 'https',
    },
    body: JSON.stringify({ email: addressOf(box), password, deliver: 'session_token' }),
  })
}
