/** The one table and the one transaction that the store is measured with; the writer's thread imports it. */
import type { Migration, Script, Statement } from '@countersign/store'

export interface Session {
  readonly id: string
  readonly account: string
  readonly digest: string
  readonly expiresAtMs: number
}

export const migrations: readonly Migration[] = [
  {
    id: 1,
    name: 'sessions',
    statements: [
      `create table sessions (
        id text not null primary key, account text not null, digest text not null, expires_at bigint not null
      ) /*clustered*/`,
    ],
  },
]

export const insertSession: Statement = {
  name: 'insert_session',
  text: 'insert into sessions (id, account, digest, expires_at) values ($1, $2, $3, $4)',
}

export const findSession: Statement = {
  name: 'find_session',
  text: 'select id, account, digest, expires_at from sessions where id = $1',
}

export const transactions = {
  *insert({ id, account, digest, expiresAtMs }: Session): Script<void> {
    yield { statement: insertSession, values: [id, account, digest, expiresAtMs] }
  },
}
