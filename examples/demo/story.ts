/** The first half of the gym story: three credentials, what they are good for, and how each is taken back. */
import assert from 'node:assert/strict'
import { type Client, createClient, type Secret, type SignedIn } from '@countersign/client'
import type { DemoAuthority } from './authority.ts'
import { kill, MIA, refusalCode, tellMe } from './cast.ts'
import type { Stage } from './stage.ts'

interface Scene {
  readonly stage: Stage
  /** Holds nothing. */
  readonly anybody: Client
  /** The gym's owner. */
  readonly owner: Client
}

export async function playStory(stage: Stage, authority: DemoAuthority): Promise<void> {
  const anybody = createClient({ baseUrl: authority.url })
  const scene = { stage, anybody, owner: anybody.with({ apiKey: authority.administratorKey }) }
  const cards = await giveCredentials(scene)
  await callWithEach(scene, cards)
  const made = await mixThem(scene, cards)
  await takeEachBack(scene, cards, made)
  await catchTheThief(scene)
  await signOutEverywhere(scene)
  await readTheLog(scene)
}

interface Cards {
  readonly sessionToken: Secret
  readonly sessionId: string
  readonly accessToken: Secret
  readonly refreshToken: Secret
  readonly turnstileKey: Secret
  readonly turnstileKeyId: string
}

async function giveCredentials({ stage, anybody, owner }: Scene): Promise<Cards> {
  stage.chapter('Mia joins the gym')
  await stage.step(
    'Mia signs up',
    () => anybody.signUp(MIA),
    ({ account }) => account.email,
  )
  const tablet = await stage.step('At the reception she signs in: a session token', () =>
    signIn(anybody, 'session_token'),
  )
  const phone = await stage.step('In the app on her phone: a JWT and a refresh token', () =>
    signIn(anybody, 'jwt'),
  )
  await stage.step(
    'The owner makes a role for machines at the door',
    () => owner.roles.create({ id: 'door', permissions: ['doors:open'] }),
    ({ permissions }) => permissions.join(' '),
  )
  const turnstile = await stage.step('… a service account for the turnstile', () =>
    owner.serviceAccounts.create({ name: 'turnstile', roles: ['door'] }),
  )
  const key = await stage.step(
    '… and an API key, which may open doors and nothing else',
    () =>
      owner.apiKeys.create({
        name: 'turnstile',
        permissions: ['doors:open'],
        service_account_id: turnstile.id,
      }),
    ({ api_key: made }) => `${made.prefix.slice(0, 18)}…`,
  )
  return {
    sessionToken: present(tablet.session_token),
    sessionId: tablet.session.id,
    accessToken: present(phone.access_token),
    refreshToken: present(phone.refresh_token),
    turnstileKey: key.secret,
    turnstileKeyId: key.api_key.id,
  }
}

/** A client of its own for each device: signing in makes a client use what it was given. */
function signIn(anybody: Client, deliver: 'session_token' | 'jwt'): Promise<SignedIn> {
  return createClient({ baseUrl: anybody.baseUrl }).signIn({
    email: MIA.email,
    password: MIA.password,
    deliver,
  })
}

function present<T>(value: T | undefined): T {
  assert.ok(value !== undefined, 'Something that was asked for was not delivered.')
  return value
}

async function callWithEach({ stage, anybody }: Scene, cards: Cards): Promise<void> {
  stage.chapter('One API takes all three')
  const session = await stage.step(
    'GET /v1/me with the session token',
    () => anybody.with(cards).me(),
    tellMe,
  )
  const phone = anybody.with({ accessToken: cards.accessToken })
  const token = await stage.step('GET /v1/me with the JWT', () => phone.me(), tellMe)
  const turnstile = anybody.with({ apiKey: cards.turnstileKey })
  const key = await stage.step('GET /v1/me with the API key', () => turnstile.me(), tellMe)
  const kinds = [session, token, key].map((me) => me.credential.kind)
  assert.deepEqual(kinds, ['session', 'access_token', 'api_key'])
  assert.equal(session.principal.id, token.principal.id)
  assert.deepEqual(key.permissions, ['doors:open'])
  const code = await stage.step(
    'The turnstile asks for the list of members, and is refused',
    () => refusalCode(() => turnstile.accounts.list()),
    (refused) => refused,
  )
  assert.equal(code, 'permission_denied')
}

interface Made {
  /** The turnstile's JWT, made from its key. */
  readonly exchanged: Secret
  readonly phoneToken: Secret
}

async function mixThem({ stage, anybody }: Scene, cards: Cards): Promise<Made> {
  stage.chapter('Hybrids of the three')
  const exchanged = await stage.step(
    'The turnstile trades its key for a JWT of minutes',
    () => anybody.exchangeApiKey({ apiKey: cards.turnstileKey }),
    (made) => `${made.expires_in / 60} minutes, ${made.scope}`,
  )
  await stage.step(
    '… and calls with that',
    () => anybody.with({ accessToken: exchanged.access_token }).me(),
    tellMe,
  )
  const phone = anybody.with({ accessToken: cards.accessToken, refreshToken: cards.refreshToken })
  const fresh = await stage.step('Mia’s phone refreshes: a new pair', () => phone.refresh())
  assert.notEqual(fresh.refreshToken?.reveal(), cards.refreshToken.reveal())
  await stage.step(
    '… and calls with that',
    () => anybody.with({ accessToken: fresh.accessToken }).me(),
    tellMe,
  )
  return { exchanged: exchanged.access_token, phoneToken: fresh.accessToken }
}

async function takeEachBack({ stage, anybody, owner }: Scene, cards: Cards, made: Made): Promise<void> {
  stage.chapter('Each is taken back, and dead at once')
  await stage.refusal('The owner ends the session at the reception', () =>
    kill(anybody, {
      name: 'session token',
      victim: { sessionToken: cards.sessionToken },
      by: owner,
      target: { kind: 'session', id: cards.sessionId },
    }),
  )
  await stage.refusal('Mia ends the one JWT in her hand', () =>
    kill(anybody, {
      name: 'JWT',
      victim: { accessToken: made.phoneToken },
      by: anybody.with({ accessToken: made.phoneToken }),
      target: { kind: 'credential', credential: made.phoneToken },
    }),
  )
  await stage.refusal('The turnstile’s key ends, and with it the JWT made from it', async () => {
    const refused = await kill(anybody, {
      name: 'API key, and its JWT',
      victim: { apiKey: cards.turnstileKey },
      by: owner,
      target: { kind: 'api_key', id: cards.turnstileKeyId },
    })
    const code = await refusalCode(() => anybody.with({ accessToken: made.exchanged }).me())
    assert.equal(code, 'invalid_credential')
    return refused
  })
}

async function catchTheThief({ stage, anybody }: Scene): Promise<void> {
  stage.chapter('A stolen refresh token')
  const phone = createClient({ baseUrl: anybody.baseUrl })
  const signedIn = await phone.signIn({ email: MIA.email, password: MIA.password, deliver: 'jwt' })
  const stolen = {
    accessToken: present(signedIn.access_token),
    refreshToken: present(signedIn.refresh_token),
  }
  await stage.step(
    'A thief copies the refresh token off Mia’s phone',
    () => anybody.with(stolen).me(),
    tellMe,
  )
  // Twice: within the grace one retry of an unused successor is honest, and gets the same pair.
  const last = await stage.step('The phone goes on and refreshes, twice', async () => {
    await phone.refresh()
    return phone.refresh()
  })
  await stage.refusal('The thief comes with the used one: the whole family ends', async () => {
    const started = performance.now()
    const code = await refusalCode(() => anybody.with(stolen).refresh())
    assert.equal(code, 'invalid_grant')
    const token = await refusalCode(() => anybody.with({ accessToken: last.accessToken }).me())
    const ms = performance.now() - started
    assert.equal(token, 'invalid_credential')
    return { credential: 'refresh token family', confirmed: true, code, ms }
  })
  const code = await stage.step(
    'Mia’s phone too must sign in again',
    () => refusalCode(() => phone.refresh()),
    (refused) => refused,
  )
  assert.equal(code, 'invalid_grant')
}

async function signOutEverywhere({ stage, anybody }: Scene): Promise<void> {
  stage.chapter('Sign out everywhere')
  const tablet = await stage.step('Mia is signed in on a tablet', () => signIn(anybody, 'session_token'))
  const phone = await stage.step('… and on a new phone', () => signIn(anybody, 'jwt'))
  const onPhone = anybody.with({ accessToken: present(phone.access_token) })
  await stage.refusal('From the phone she ends everything at once', async () => {
    const refused = await kill(anybody, {
      name: 'everything of Mia’s',
      victim: { sessionToken: present(tablet.session_token) },
      by: onPhone,
      target: { kind: 'account', id: tablet.account.id },
    })
    assert.equal(await refusalCode(() => onPhone.me()), 'invalid_credential')
    return refused
  })
  const again = await stage.step('… and may sign in again right away', () => signIn(anybody, 'session_token'))
  await anybody.with({ sessionToken: present(again.session_token) }).me()
}

async function readTheLog({ stage, owner }: Scene): Promise<void> {
  stage.chapter('Who did what')
  const page = await stage.step(
    'The owner reads the audit log',
    () => owner.audit.list({ limit: 200 }),
    ({ items }) => `${items.length} events`,
  )
  const types = new Set(page.items.map((event) => event.type))
  for (const type of ['grant.reuse_detected', 'revocation.committed', 'api_key.exchanged']) {
    assert.ok(types.has(type), `The audit log lacks ${type}.`)
  }
}
