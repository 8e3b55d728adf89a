/** What is compared with what, and how many times as fast ours has to be. */

export interface Line {
  readonly title: string
  /** Of our routes: answered from memory, by asking the authority each time, or with the limit counted in Redis. */
  readonly path: '/memory' | '/online' | '/shared-limit'
  /** Null where nothing asks for a figure. */
  readonly ratioMin: number | null
}

/** One form of Better Auth, in a process of its own. */
export interface Peer {
  readonly credential: 'session' | 'API key'
  readonly database: 'sqlite' | 'postgres'
  readonly cookieCache: boolean
  /** Where its API keys are kept; the database without it. */
  readonly redis: boolean
  readonly lines: readonly Line[]
}

const onSqlite: Peer = {
  credential: 'session',
  database: 'sqlite',
  cookieCache: false,
  redis: false,
  lines: [
    { title: 'sessions: session ÷ getSession, SQLite', path: '/memory', ratioMin: 25 },
    { title: 'sessions: session, freshness online ÷ getSession, SQLite', path: '/online', ratioMin: 5 },
  ],
}

const onPostgres: Peer = {
  ...onSqlite,
  database: 'postgres',
  lines: [
    { title: 'sessions: session ÷ getSession, Postgres', path: '/memory', ratioMin: 25 },
    { title: 'sessions: session, freshness online ÷ getSession, Postgres', path: '/online', ratioMin: 5 },
  ],
}

const withCookieCache: Peer = {
  ...onSqlite,
  cookieCache: true,
  lines: [{ title: 'sessions: session ÷ getSession, cookie cache', path: '/memory', ratioMin: 12 }],
}

const keysOnSqlite: Peer = {
  ...onSqlite,
  credential: 'API key',
  lines: [{ title: 'sessions: API key with limit ÷ verifyApiKey, SQLite', path: '/memory', ratioMin: 50 }],
}

const keysOnRedis: Peer = {
  ...keysOnSqlite,
  redis: true,
  lines: [
    { title: 'sessions: API key with limit ÷ verifyApiKey, Redis', path: '/memory', ratioMin: 12 },
    {
      title: 'sessions: … with our limit counted in Redis too',
      path: '/shared-limit',
      ratioMin: null,
    },
  ],
}

export const peers: readonly Peer[] = [onSqlite, onPostgres, withCookieCache, keysOnSqlite, keysOnRedis]
