export { type DataLock, openDataLock } from './data-lock.ts'
export type { Engine } from './engine.ts'
export { type Migration, migrateSqlite } from './migrate.ts'
export {
  type OpenSettings,
  type OpenStore,
  openPostgresStore,
  openSqliteStore,
  type PostgresStoreSettings,
  type SqliteStoreSettings,
} from './open.ts'
export { one, type Script, type Statement } from './script.ts'
export { openSqliteEngine } from './sqlite/engine.ts'
export { createStore } from './store.ts'
export type { SecretFingerprint } from './transactions/housekeeping.ts'
