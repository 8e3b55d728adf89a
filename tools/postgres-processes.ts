// Finds and kills every process of one Postgres server, known by its data directory. Each backend is in a session of its own, so a
// process group does not hold them; process ids from a file may have been given to somebody else since.

import { execFileSync } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const PAUSE_MS = 5
const ATTEMPTS_MAX = 2000

/**
 * Kills the server in `dataDirectory` as a power cut would: postmaster and all children, by SIGKILL, with nothing flushed or tidied.
 *
 * @throws Error when a process is still there after about ten seconds.
 */
export async function killServer(dataDirectory: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const pids = findServerProcesses(dataDirectory)
    if (pids.length === 0) return
    for (const pid of pids) kill(pid)
    await pause(PAUSE_MS)
  }
  throw new Error(`Processes of the Postgres in ${dataDirectory} survived SIGKILL`)
}

/** Lists the living processes of the server in `dataDirectory`, oldest first. */
export function findServerProcesses(dataDirectory: string): number[] {
  return process.platform === 'linux' ? findByFolder(dataDirectory) : findByFamily(dataDirectory)
}

/** The way for Linux, where slim images have no `ps`: all processes of a server work in its data directory. */
export function findByFolder(dataDirectory: string): number[] {
  const pids = readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid))
  return pids.filter((pid) => readFolder(pid) === dataDirectory).sort((a, b) => a - b)
}

/** The way for other systems: the postmaster names its data directory on its command line, and the rest are its children. */
export function findByFamily(dataDirectory: string): number[] {
  const list = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,stat=,command='], { encoding: 'utf8' })
  const processes = list.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line)
    if (match === null || match[3]?.startsWith('Z')) return []
    return [{ pid: Number(match[1]), parent: Number(match[2]), command: match[4] ?? '' }]
  })
  const heads = processes.filter((one) => one.command.includes(` -D ${dataDirectory} `)).map((one) => one.pid)
  const children = processes.filter((one) => heads.includes(one.parent)).map((one) => one.pid)
  return [...heads, ...children]
}

function readFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined // Gone since the listing, a zombie, or another user's: none of them is ours to kill.
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // A child may have ended by itself when its postmaster died.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
