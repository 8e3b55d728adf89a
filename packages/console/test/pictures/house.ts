/** What the states need of an authority: people, apps, links out of mails, codes of devices, and an outage. */
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Secret } from '@countersign/client'
import type { FakeProvider } from '@countersign/tools/fake-provider'
import { whileLocked } from '@countersign/tools/locked-database'
import { type App, openApp, openAppAs } from '../app.ts'
import type { Person } from '../people.ts'
import { openProvider, settingsFor } from '../provider.ts'
import { openWorld, type World } from '../world.ts'
import { plain, registersItself, rich } from './apps.ts'
import { beginDevice, linkTo, openSession, type SessionCall } from './calls.ts'

export interface House {
  readonly world: World
  /** A service that people may sign in with. */
  readonly club: FakeProvider
  readonly url: string
  readonly apps: {
    readonly plain: App
    /** With everything that the question can show. */
    readonly rich: App
    /** Nobody has looked at it. */
    readonly unchecked: App
  }
  /** An address that nobody has. */
  address(): string
  /** Somebody new, whose password is good. */
  person(more?: PersonOptions): Promise<KnownPerson>
  /** The newest link that was mailed to this address and leads to `path`. */
  linkTo(email: string, path: string): Promise<string>
  /** Calls the API with a new session of this person. */
  sessionOf(person: Person): Promise<SessionCall>
  /** The code that a television with the plain app shows. */
  userCode(): Promise<string>
  /** The database writes nothing while `act` runs. */
  whileLocked(act: () => Promise<void>): Promise<void>
}

export interface KnownPerson extends Person {
  readonly id: string
}

interface PersonOptions {
  readonly roles?: readonly string[]
  readonly requirePasswordChange?: boolean
}

/** A role whose holders need a second factor. */
export const GUARDED = 'guarded'
/** What the house's limit of an account allows. */
export const SIGN_INS_PER_MINUTE = 6

const SETTINGS = {
  COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_SIGN_IN_ACCOUNT: `${SIGN_INS_PER_MINUTE}/60`,
  COUNTERSIGN_RATE_LIMIT_SIGN_UP: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_FACTOR: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_PASSKEY: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_TOKEN: 'dangerously-off',
  COUNTERSIGN_CLIENT_REGISTRATION: 'open',
  COUNTERSIGN_EMAIL_VERIFICATION: 'required',
  COUNTERSIGN_TRUSTED_DEVICE_DAYS: '30',
  COUNTERSIGN_MFA_ROLES: GUARDED,
}

const PASSWORD = 'seven quiet otters by the lake'

/** Closed with the test. `settings` are variables of the server, above those that all states live with. */
export async function openHouse(
  t: TestContext,
  settings: Readonly<Record<string, string>> = {},
): Promise<House> {
  const club = await openProvider(t)
  const world = await openWorld({ ...settingsFor(club), ...SETTINGS, ...settings })
  t.after(() => world.close())
  await world.admin.roles.create({ id: GUARDED, permissions: [] })
  const apps = {
    plain: await openApp(t, world, plain),
    rich: await openApp(t, world, rich),
    unchecked: await openAppAs(t, world, registersItself),
  }
  let count = 0
  const address = () => {
    count += 1
    return `noor.haddad.${count}@example.com`
  }
  return {
    world,
    club,
    url: world.url,
    apps,
    address,
    person: async ({ roles = ['member'], requirePasswordChange = false } = {}) => {
      const person = { email: address(), name: 'Noor Haddad', password: PASSWORD }
      const more = { password: new Secret(PASSWORD), roles, requirePasswordChange }
      const { id } = await world.admin.accounts.create({ ...person, ...more })
      return { ...person, id }
    },
    linkTo: (email, path) => linkTo(world.url, email, path),
    sessionOf: (person) => openSession(world.url, person),
    userCode: () => beginDevice(world.url, apps.plain.id),
    whileLocked: (act) => whileLocked(join(world.dataFolder, 'countersign.db'), act),
  }
}
