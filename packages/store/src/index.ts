export { type DataLock, openDataLock } from './data-lock.ts'
export type { Engine } from './engine.ts'
export {
  type OpenSettings,
  type OpenStore,
  openPostgresStore,
  openSqliteStore,
  type PostgresStoreSettings,
  type SqliteStoreSettings,
} from './open.ts'
export { createStore } from './store.ts'
export type { SecretFingerprint } from './transactions/housekeeping.ts'
