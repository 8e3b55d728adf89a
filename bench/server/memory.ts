/** How much memory a process holds: its own, sampled while something happens, or another one's, asked once. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const EVERY_MS = 10
const MIB = 1024 * 1024

export interface MemoryMonitor {
  start(): Record<string, never>
  /** In MiB, resident. */
  stop(): { readonly beforeMib: number; readonly peakMib: number }
}

export function openMemoryMonitor(): MemoryMonitor {
  let timer: NodeJS.Timeout | undefined
  let before = 0
  let peak = 0
  const sample = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  return {
    start() {
      before = process.memoryUsage.rss()
      peak = before
      timer = setInterval(sample, EVERY_MS)
      return {}
    },
    stop() {
      clearInterval(timer)
      sample()
      return { beforeMib: before / MIB, peakMib: peak / MIB }
    },
  }
}

/** The resident memory of a process in MiB. */
export function residentMib(pid: number): number {
  if (process.platform === 'linux') {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kib) / 1024
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim()) / 1024
}
