/** Where all pictures are taken: the club's authority after a month, with verifiers that follow it, and people signed in. */
import type { TestContext } from 'node:test'
import type { Browser, Cookie, Page } from 'playwright-core'
import { openBrowser } from '../browser.ts'
import { signIn } from '../people.ts'
import { ADMIN, openWorld, type World } from '../world.ts'
import { PASSWORD } from './company.ts'
import { type Follower, openFollower } from './follower.ts'
import { addressOf, aMonth } from './history.ts'
import type { Visitor } from './state.ts'

/** Short enough that a fresh start confirms revocations soon, long enough for pictures of one that waits. */
const LEASE_SECONDS = 20
/** Actions that need a fresh sign-in find one. */
const SIGNED_IN_MS = 120_000

const SETTINGS = {
  COUNTERSIGN_BRAND_NAME: 'Riverside Sports',
  COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_FACTOR: 'dangerously-off',
  // Whoever came in this week is signed in still.
  COUNTERSIGN_SESSION_IDLE_SECONDS: '604800',
  COUNTERSIGN_SESSION_LIFETIME_SECONDS: '2592000',
  COUNTERSIGN_LEASE_SECONDS: `${LEASE_SECONDS}`,
  COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1,::1',
}

export interface Scene {
  readonly world: World
  readonly browser: Browser
  readonly follower: Follower
  /** Ids by what they are called: people, programs and keys. */
  idOf(name: string): string
  /** Gives the window the session of that person: a fresh one where it is old, unless they go on in it however old it is. */
  enter(page: Page, who: Visitor, goesOn: boolean): Promise<void>
}

export async function openScene(t: TestContext, program: string, busyDays: number): Promise<Scene> {
  // Closed backwards: who follows the authority leaves before it does.
  const closers: (() => Promise<void>)[] = []
  t.after(async () => {
    for (const close of closers.toReversed()) await close()
  })
  const world = await openWorld(SETTINGS, aMonth(busyDays))
  closers.push(() => world.close())
  const browser = await openBrowser(program)
  closers.push(() => browser.close())
  const ids = await findIds(world)
  const { admin } = world
  const gateway = ids.get('Turnstile gateway')
  if (gateway === undefined) throw new Error('There is no gateway.')
  const key = await admin.apiKeys.create({
    name: 'turnstiles at the door',
    permissions: ['revocations:read'],
    service_account_id: gateway,
  })
  const steady = openFollower(world, key.secret.reveal(), 'b'.repeat(32))
  closers.push(() => steady.close())
  const follower = openFollower(world, key.secret.reveal(), 'g'.repeat(32))
  closers.push(() => follower.close())
  const sessions = new Map<Visitor, { readonly atMs: number; readonly cookies: Cookie[] }>()
  return {
    world,
    browser,
    follower,
    idOf: (name) => ids.get(name) ?? fail(name),
    enter: async (page, who, goesOn) => {
      const before = sessions.get(who)
      if (before !== undefined && (goesOn || Date.now() - before.atMs < SIGNED_IN_MS)) {
        await page.context().addCookies(before.cookies)
        return
      }
      await signIn(page, world, '/account', personOf(who))
      sessions.set(who, { atMs: Date.now(), cookies: await page.context().cookies() })
    },
  }
}

const personOf = (who: Visitor): typeof ADMIN =>
  who === 'ada' ? ADMIN : { email: addressOf(who), name: who, password: PASSWORD }

async function findIds({ admin }: World): Promise<ReadonlyMap<string, string>> {
  const [people, programs, keys] = await Promise.all([
    admin.accounts.list({ limit: 100 }),
    admin.serviceAccounts.list(),
    admin.apiKeys.list({ owner: 'all' }),
  ])
  const all = [...people.items, ...programs.items, ...keys.items]
  return new Map(all.map(({ id, name }) => [name ?? id, id]))
}

function fail(name: string): never {
  throw new Error(`Nobody and nothing is called ${name}.`)
}
