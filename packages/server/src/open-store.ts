/** Opens the database that the settings name, together with the secrets that it belongs to. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { StoreUnavailable } from '@countersign/core'
import { type OpenStore, openPostgresStore, openSqliteStore } from '@countersign/store'
import { createSecrets, type KeyringSecrets, type SecretFingerprint } from './adapters/secrets.ts'
import { findKeyring, SecretsProblem } from './adapters/secrets-file.ts'
import type { Config } from './config.ts'
import { StartError } from './start-error.ts'

export interface Opened {
  readonly store: OpenStore
  readonly secrets: KeyringSecrets
}

/** Throws `StartError` with one sentence where something is in the way. */
export async function openStoreAndSecrets(config: Config): Promise<Opened> {
  makeDataFolder(config)
  const secrets = findSecrets(config)
  const store = await openStore(config)
  const verdict = await store.checkFingerprints(secrets.fingerprints().map(toStored), Date.now())
  if (verdict === 'ok') return { store, secrets }
  await store.close()
  throw new StartError(
    'The database was made with other secrets than these: with them nobody could sign in. Give COUNTERSIGN_SECRETS ' +
      `the secrets it was made with${config.database.kind === 'sqlite' ? `, or put back ${config.dataFolder}/secrets.json` : ''}.`,
  )
}

const toStored = ({ version, fingerprint }: SecretFingerprint): { version: string; fingerprint: string } => ({
  version: `v${version}`,
  fingerprint,
})

function makeDataFolder(config: Config): void {
  if (config.database.kind !== 'sqlite') return
  try {
    mkdirSync(config.dataFolder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new StartError(`The data folder ${config.dataFolder} cannot be made or written to.`, { cause })
  }
}

function findSecrets(config: Config): KeyringSecrets {
  try {
    const embedded = config.database.kind === 'sqlite'
    return createSecrets(
      findKeyring({ setting: config.secrets, dataFolder: config.dataFolder, embedded }).keyring,
    )
  } catch (cause) {
    if (cause instanceof SecretsProblem) throw new StartError(cause.message, { cause })
    throw cause
  }
}

async function openStore(config: Config): Promise<OpenStore> {
  const common = { epoch: randomBytes(12).toString('hex'), nowMs: Date.now() }
  try {
    return config.database.kind === 'sqlite'
      ? await openSqliteStore({ ...common, file: config.database.file })
      : await openPostgresStore({
          ...common,
          url: config.database.url.reveal(),
          poolMax: config.postgresPoolMax,
        })
  } catch (cause) {
    throw new StartError(sentence(config, cause), { cause })
  }
}

/** The engines' errors are sentences already; what comes from a driver is only named as cause. */
function sentence(config: Config, cause: unknown): string {
  if (cause instanceof StoreUnavailable && config.database.kind === 'postgres') {
    return 'The Postgres database cannot be reached; check COUNTERSIGN_DATABASE and that the server is up.'
  }
  return cause instanceof Error ? cause.message : 'The database cannot be opened.'
}
