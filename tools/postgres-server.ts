// Starts one real Postgres server for tests, on loopback, durable (tests kill it), in a temporary folder that a watcher removes.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { chmod, chown, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Binaries, chooseUser, prepareBinaries, type ServerUser } from './postgres-binaries.ts'
import { killServer } from './postgres-processes.ts'

const run = promisify(execFile)

const START_LIMIT_MS = 60_000
const STOP_LIMIT_MS = 20_000
const POLL_MS = 10
const PORT_ATTEMPTS_MAX = 50

// Below the ports that the system hands out by itself, so that nobody takes a server's port while it is down between two starts.
const PORT_FIRST = 20_000
const PORT_END = 32_000

/** A running server. Its folder and processes are removed when the starting process ends, whether or not it called `stop`. */
export type PostgresServer = {
  /** The URL of the database `postgres`, with a superuser's name and password. */
  readonly url: string
  readonly port: number
  readonly dataDirectory: string
  /** Where the programs came from, in words. */
  readonly source: string
  /** Shuts down in good order and removes the folder. A second call waits for the first. */
  stop(): Promise<void>
  /** Kills the postmaster and all its children at once (SIGKILL), as a power cut would, and keeps the data. */
  kill9(): Promise<void>
  /** Starts the server again on the same data and port, after recovery if it was killed; a running one is shut down first. */
  restart(): Promise<void>
}

/**
 * Starts a server and waits until it accepts connections (about two seconds).
 *
 * @param options.directory The folder in which to make the server's own one; the system's temporary folder by default. When this process
 * is root, the server runs as `nobody`, who must be able to enter it.
 * @throws Error with the reason in words, when no Postgres can be had here or it does not come up.
 */
export async function startPostgres(options: { directory?: string } = {}): Promise<PostgresServer> {
  if (process.platform === 'win32') {
    throw new Error('Test servers are not started on Windows: set COUNTERSIGN_TEST_POSTGRES to one of yours.')
  }
  const home = await realpath(await mkdtemp(join(options.directory ?? tmpdir(), 'countersign-postgres-')))
  const watcher = watch(home)
  try {
    return await openServer(home, watcher)
  } catch (error) {
    await release(watcher)
    throw error
  }
}

async function openServer(home: string, watcher: ChildProcess): Promise<PostgresServer> {
  const user = await chooseUser()
  if (user) await chown(home, user.uid, user.gid)
  await chmod(home, 0o700)
  await run('test', ['-x', home], user).catch(() => {
    throw new Error(
      `The server's user (${user ? 'nobody' : 'you'}) cannot enter ${home}: open the folders above it`,
    )
  })
  const binaries = await prepareBinaries(home, user)
  const dataDirectory = join(home, 'data')
  const password = randomBytes(16).toString('hex')
  const port = await findPort()
  await createCluster({ home, binaries, user, dataDirectory, password })
  const start = (): Promise<ChildProcess> => startServer({ home, binaries, user, dataDirectory, port })
  let server: ChildProcess | undefined = await start()
  let stopped: Promise<void> | undefined

  const shutDown = async (): Promise<void> => {
    if (server !== undefined) await endServer(server, dataDirectory)
    server = undefined
  }
  const close = async (): Promise<void> => {
    await shutDown()
    await release(watcher)
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    dataDirectory,
    source: binaries.source,
    stop() {
      stopped ??= close()
      return stopped
    },
    async kill9() {
      await killServer(dataDirectory)
      if (server !== undefined) await untilGone(server)
      server = undefined
    },
    async restart() {
      await shutDown()
      server = await start()
    },
  }
}

type Cluster = {
  readonly home: string
  readonly binaries: Binaries
  readonly user: ServerUser
  readonly dataDirectory: string
}

// The collation is a language's and not the bytes' order, as it is on most servers in production: a statement that relies on the order
// of bytes fails here first. A password keeps other users of a shared machine out of a superuser's connection.
async function createCluster(cluster: Cluster & { password: string }): Promise<void> {
  const passwordFile = join(cluster.home, 'password')
  await writeFile(passwordFile, cluster.password, { mode: 0o600 })
  if (cluster.user) await chown(passwordFile, cluster.user.uid, cluster.user.gid)
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US']
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  const initdb = join(cluster.binaries.folder, 'initdb')
  await run(initdb, ['-D', cluster.dataDirectory, '--no-sync', ...locale, ...access], surroundings(cluster))
  await rm(passwordFile)
}

async function startServer(cluster: Cluster & { port: number }): Promise<ChildProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: cluster.port,
    unix_socket_directories: '',
    max_connections: 50,
    shared_buffers: '32MB',
    // Files below the data directory, which go with it, and not in /dev/shm, where a killed server leaves them.
    dynamic_shared_memory_type: 'mmap',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = openSync(join(cluster.home, 'log'), 'a')
  const server = spawn(join(cluster.binaries.folder, 'postgres'), ['-D', cluster.dataDirectory, ...flags], {
    ...surroundings(cluster),
    detached: true, // Ctrl-C in a terminal is for the process that started the server.
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  server.unref()
  await waitUntilReady(server, cluster)
  return server
}

// The PG… variables of the person who runs the tests are not passed on.
const surroundings = (
  cluster: Cluster,
): { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number } => ({
  cwd: cluster.home,
  env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
  ...cluster.user,
})

// Postgres itself says so in its lock file: the first line is the process, the eighth one its state.
async function waitUntilReady(server: ChildProcess, cluster: Cluster): Promise<void> {
  const failed = once(server, 'exit').then(() => 'exit' as const)
  const deadline = performance.now() + START_LIMIT_MS
  while (performance.now() < deadline) {
    const lines = (
      await readFile(join(cluster.dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '')
    ).split('\n')
    if (Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready') return
    if ((await Promise.race([failed, pause(POLL_MS)])) === 'exit') break
  }
  await killServer(cluster.dataDirectory)
  const log = await readFile(join(cluster.home, 'log'), 'utf8')
  throw new Error(`Postgres (${cluster.binaries.source}) did not come up:\n${log.slice(-2000)}`)
}

// A killed process has no folder any more, but its number until its parent has taken note: the next server finds that number in the
// lock file, and takes it for one that lives.
async function untilGone(server: ChildProcess): Promise<void> {
  if (hasEnded(server)) return
  server.ref()
  await once(server, 'exit')
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

async function endServer(server: ChildProcess, dataDirectory: string): Promise<void> {
  if (hasEnded(server)) return
  server.ref()
  const ended = once(server, 'exit')
  server.kill('SIGINT') // "Fast shutdown": open connections are cut, and everything is written.
  const late = await Promise.race([ended.then(() => false), pause(STOP_LIMIT_MS, true, { ref: false })])
  if (late) await killServer(dataDirectory)
  await ended
}

function watch(home: string): ChildProcess {
  const watcher = spawn(process.execPath, [join(import.meta.dirname, 'postgres-watch.ts'), home], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watcher.unref()
  // The pipe must not keep this process alive; its end is the signal.
  if (watcher.stdin !== null && 'unref' in watcher.stdin && typeof watcher.stdin.unref === 'function') {
    watcher.stdin.unref()
  }
  return watcher
}

async function release(watcher: ChildProcess): Promise<void> {
  watcher.ref()
  const ended = once(watcher, 'exit')
  watcher.stdin?.end()
  await ended
}

async function findPort(): Promise<number> {
  for (let attempt = 0; attempt < PORT_ATTEMPTS_MAX; attempt++) {
    const port = randomInt(PORT_FIRST, PORT_END)
    if (await isFree(port)) return port
  }
  throw new Error(`No free port between ${PORT_FIRST} and ${PORT_END}`)
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = createServer()
  probe.once('error', () => resolve(false))
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  return promise
}
