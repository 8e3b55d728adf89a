/** What commands do to a database without a server: bring up the schema, create the first administrator. */

import { availableParallelism } from 'node:os'
import {
  type Bootstrapped,
  beginNewEpoch,
  bootstrap,
  type Clock,
  type Context,
  type LogHead,
  type Outcome,
  type OwnFeed,
  type SignUpInput,
} from '@countersign/core'
import { systemClock, systemRandom } from './adapters/clock.ts'
import { createCommonPasswords } from './adapters/common-passwords.ts'
import { hashes } from './adapters/hashes.ts'
import { createPasswordHasher, defaultHashConcurrency } from './adapters/password-hasher.ts'
import { NO_PLACES } from './adapters/places.ts'
import { createKeyMaker, createSigner } from './adapters/signing.ts'
import { totp } from './adapters/totp.ts'
import { webauthn } from './adapters/webauthn.ts'
import { systemFacts } from './chores.ts'
import type { Config } from './config.ts'
import { type Opened, openStoreAndSecrets } from './open-store.ts'
import { createPasswordChecks, type PasswordChecks } from './password-checks.ts'
import { toPolicy } from './policy.ts'

/**
 * Creates the first administrator and an administrator's API key, also beside a running server: nothing that
 * it writes changes a verdict. Throws `StartError` where the database cannot be opened.
 */
export async function bootstrapAuthority(
  config: Config,
  input: SignUpInput,
  clock: Clock = systemClock,
): Promise<Outcome<Bootstrapped>> {
  const opened = await openStoreAndSecrets(config)
  const checks = createPasswordChecks(config, clock)
  try {
    const context = { ...contextOf(config, opened, clock), ...checks.ports }
    return await bootstrap(context, input, systemFacts(clock.nowMs()))
  } finally {
    await checks.close().finally(() => opened.store.close())
  }
}

/**
 * Begins a new epoch of the revocation log, also beside running servers, which read it in the log. Throws
 * `StartError` where the database cannot be opened.
 */
export async function beginEpoch(
  config: Config,
  clock: Clock = systemClock,
): Promise<{ before: LogHead; after: LogHead }> {
  // The secrets are asked for as by `bootstrap`: a database of somebody else is not to be changed by mistake.
  const { store } = await openStoreAndSecrets(config)
  try {
    return await beginNewEpoch({ store, random: systemRandom }, systemFacts(clock.nowMs()))
  } finally {
    await store.close()
  }
}

const nothing = (): Promise<void> => Promise.resolve()

/** Nobody is known here, so nothing is confirmed. */
const NO_FEED: OwnFeed = {
  catchUp: () => Promise.resolve(),
  position: () => 0,
  isConfirmed: () => false,
  awaitConfirmed: () => Promise.resolve(false),
}

function contextOf(
  config: Config,
  { store, secrets }: Opened,
  clock: Clock,
): Omit<Context, keyof PasswordChecks['ports']> {
  return {
    store,
    // This process ends at once: nothing is to wait for others.
    gathered: { append: (event) => store.appendAudit([event]), flush: nothing, settle: nothing },
    secrets,
    clock,
    random: systemRandom,
    passwords: createPasswordHasher({
      peppers: secrets.passwordPeppers(),
      concurrency: defaultHashConcurrency(availableParallelism()),
    }),
    commonPasswords: createCommonPasswords(),
    keyMaker: createKeyMaker(),
    signer: createSigner(),
    hashes,
    // Nobody proves anything to this process.
    documents: { read: () => Promise.resolve(null) },
    strangersDocuments: { read: () => Promise.resolve(null) },
    clientDocuments: { read: () => Promise.resolve(null) },
    totp,
    webauthn,
    places: NO_PLACES,
    // There is no verifier in this process that would have to learn of anything.
    feed: NO_FEED,
    policy: toPolicy(config),
  }
}

/** Brings the schema up to this version. Throws `StartError` where the database cannot be opened. */
export async function migrateDatabase(config: Config): Promise<{ database: string }> {
  const opened = await openStoreAndSecrets(config)
  await opened.store.close()
  return { database: config.database.kind === 'sqlite' ? config.database.file : 'postgres' }
}
