// Runs beside each test server and tidies up after it. Its standard input is a pipe from the process that started the server: when that
// process ends, in whatever way, the pipe closes, and no server, shared memory or folder stays behind.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { killServer } from './postgres-processes.ts'

const home = process.argv[2]
if (home === undefined) throw new Error('Usage: postgres-watch.ts <folder of the server>')

process.stdin.resume()
process.stdin.once('close', () => void tidy(home))

async function tidy(folder: string): Promise<void> {
  const data = join(folder, 'data')
  await killServer(data)
  removeSharedMemory(join(data, 'postmaster.pid'))
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

// A server that was killed leaves its lock file with the id of a small System V segment (the last of the two numbers in line 7), which
// outlives all processes.
function removeSharedMemory(lockFile: string): void {
  if (!existsSync(lockFile)) return
  const id = readFileSync(lockFile, 'utf8').split('\n')[6]?.trim().split(/\s+/)[1]
  if (id === undefined || id === '') return
  try {
    execFileSync('ipcrm', ['-m', id], { stdio: 'ignore' })
  } catch {
    // 56 bytes of the system's memory are not worth leaving the folder behind for.
  }
}
