// Starts one real Redis for a test or a benchmark: in memory only, on a socket of its own in a temporary folder.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A running server. */
export type RedisServer = {
  /** The path of its socket; it listens on no port. */
  readonly path: string
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/**
 * Starts a server and waits until it accepts connections.
 *
 * @param program The path of `redis-server`, as `findProgram` and `requireProgram` give it.
 */
export async function startRedis(program: string): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-redis-'))
  const path = join(folder, 'redis.sock')
  const args = ['--port', '0', '--unixsocket', path, '--dir', folder, '--save', '']
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(server, 'exit')
  // For a process that ends before anybody could stop it.
  const kill = (): void => void server.kill()
  process.once('exit', kill)
  for await (const part of server.stdout) if (String(part).includes('eady to accept')) break
  return {
    path,
    stop: async () => {
      kill()
      await exited
      process.off('exit', kill)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
